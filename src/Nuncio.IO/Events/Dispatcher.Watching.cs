using Nuncio.IO.Timers;

namespace Nuncio.IO.Events;

/// <content>
/// What a watchdog on another thread may see: whether the loop comes round, and what it is in the middle of. Costs the loop one store
/// per piece of work.
/// </content>
public sealed partial class Dispatcher
{
    /// <summary>What runs now: a handler, a callback, posted work, the timers; null in the poller and while the loop does not run.</summary>
    private volatile object? _working;

    private volatile int _nativeThread;

    /// <summary>Whether the loop waits in the poller, or does not run. Any thread; true for the moment only.</summary>
    public bool IsAtRest => _working is null;

    /// <summary>The system's number of the thread that runs the loop; 0 before it does. Any thread.</summary>
    public int NativeThread => _nativeThread;

    /// <summary>What the loop is in the middle of, by type; empty when it waits. Any thread; true for the moment only.</summary>
    public string DescribeWork() => _working switch
    {
        null => "",
        TimerWheel => "timer of " + NameOf(Timers.Current?.Handler),
        Action posted => "posted work of " + NameOf(posted.Target) + ", " + posted.Method.Name,
        { } other => NameOf(other),
    };

    private static string NameOf(object? one) => one?.GetType().FullName ?? "nobody";
}
