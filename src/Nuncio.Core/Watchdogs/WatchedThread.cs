using Nuncio.Base.Stats;
using Nuncio.IO.Events;

namespace Nuncio.Core.Watchdogs;

/// <summary>
/// One thread as its watchdog sees it: when its loop was last seen to come round. Owner: the watchdog's thread; the counters are the
/// main thread's.
/// </summary>
/// <remarks>A loop that waits for work is as good as one that came round, so idle threads need not be woken to prove that they live.</remarks>
internal sealed class WatchedThread
{
    private readonly Dispatcher _dispatcher;
    private long _iterations;
    private bool _missed;
    private bool _megaMissed;

    internal WatchedThread(string name, Dispatcher dispatcher, StatScope server, long nowNanos)
    {
        Name = name;
        _dispatcher = dispatcher;
        StatScope scope = server.SubScope(name);
        Miss = scope.Counter("watchdog_miss");
        MegaMiss = scope.Counter("watchdog_mega_miss");
        LastSeen = nowNanos;
    }

    internal string Name { get; }

    internal Counter Miss { get; }

    internal Counter MegaMiss { get; }

    /// <summary>When it was last seen to be well.</summary>
    internal long LastSeen { get; private set; }

    /// <summary>Looks at it: true when it is well.</summary>
    internal bool IsWell(long nowNanos)
    {
        long iterations = _dispatcher.Iterations;
        if (iterations == _iterations && iterations != 0 && !_dispatcher.IsAtRest)
        {
            return false;
        }

        _iterations = iterations;
        LastSeen = nowNanos;
        _missed = _megaMissed = false;
        return true;
    }

    /// <summary>It had no chance to show that it is well.</summary>
    internal void Forgive(long nowNanos) => LastSeen = nowNanos;

    /// <summary>True the first time since it was well.</summary>
    internal bool TakeMiss() => !_missed && (_missed = true);

    /// <summary>True the first time since it was well.</summary>
    internal bool TakeMegaMiss() => !_megaMissed && (_megaMissed = true);

    internal StuckThread Describe(long nowNanos) =>
        new(Name, TimeSpan.FromTicks((nowNanos - LastSeen) / 100), ThreadReport.Of(_dispatcher), _dispatcher.NativeThread);
}
