using Microsoft.Extensions.Logging;
using Nuncio.Core.Watchdogs;

namespace Nuncio.Server.Overload;

/// <summary>Logs what the watchdog found, and ends the process when it says so. On the watchdog's thread.</summary>
/// <param name="log">Where to.</param>
/// <param name="stacks">Reads the stack of the thread.</param>
/// <param name="abort">Ends the process with a reason.</param>
internal sealed class WatchdogEvents(ILogger log, StackDumps stacks, Action<string> abort) : IWatchdogEvents
{
    /// <inheritdoc/>
    public void OnMegaMiss(StuckThread thread)
    {
        log.ThreadStuck(thread.Name, (long)thread.Away.TotalMilliseconds, thread.Report);
        stacks.Begin(thread);
    }

    /// <inheritdoc/>
    public void OnKill(string reason, StuckThread thread)
    {
        log.Killing(reason, thread.Name, (long)thread.Away.TotalMilliseconds, thread.Report);

        // The last chance to see it; one that was begun when the thread was missed counts.
        stacks.Begin(thread);
        stacks.Wait();
        abort(reason);
    }
}
