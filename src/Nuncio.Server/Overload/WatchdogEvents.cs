using Microsoft.Extensions.Logging;
using Nuncio.Core.Watchdogs;

namespace Nuncio.Server.Overload;

/// <summary>Logs what the watchdog found, and ends the process when it says so. On the watchdog's thread.</summary>
/// <param name="log">Where to.</param>
/// <param name="abort">Ends the process with a reason.</param>
internal sealed class WatchdogEvents(ILogger log, Action<string> abort) : IWatchdogEvents
{
    /// <inheritdoc/>
    public void OnMegaMiss(StuckThread thread) => log.ThreadStuck(thread.Name, (long)thread.Away.TotalMilliseconds, thread.Report);

    /// <inheritdoc/>
    public void OnKill(string reason, StuckThread thread)
    {
        log.Killing(reason, thread.Name, (long)thread.Away.TotalMilliseconds, thread.Report);
        abort(reason);
    }
}
