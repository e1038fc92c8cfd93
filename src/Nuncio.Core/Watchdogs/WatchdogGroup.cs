using System.Globalization;
using Nuncio.Base.Stats;
using Nuncio.IO.Events;

namespace Nuncio.Core.Watchdogs;

/// <summary>
/// The threads that share one watchdog configuration. Envoy's page: "Watchdog"; misses are counted once per time that a thread is away.
/// </summary>
/// <remarks>
/// Owner: the watchdog's thread. Counters are posted to the main thread, whose cells they are: while that one is stuck nobody could
/// read them anyway.
/// </remarks>
internal sealed class WatchdogGroup
{
    private readonly WatchdogConfig _config;
    private readonly Dispatcher _main;
    private readonly IWatchdogEvents _events;
    private readonly Counter _miss;
    private readonly Counter _megaMiss;
    private readonly List<WatchedThread> _threads = [];

    /// <param name="name"><c>main_thread</c> or <c>workers</c>: the prefix of the statistics of the whole group.</param>
    /// <param name="config">Its times.</param>
    /// <param name="main">Where counters are counted.</param>
    /// <param name="root">Root scope of the statistics, main thread's cells.</param>
    /// <param name="events">Who is told.</param>
    internal WatchdogGroup(string name, WatchdogConfig config, Dispatcher main, StatScope root, IWatchdogEvents events)
    {
        _config = config;
        _main = main;
        _events = events;
        StatScope scope = root.SubScope(name);
        _miss = scope.Counter("watchdog_miss");
        _megaMiss = scope.Counter("watchdog_mega_miss");
    }

    /// <summary>How often <see cref="Step"/> must be called: twice within the shortest time.</summary>
    internal TimeSpan Interval
    {
        get
        {
            TimeSpan shortest = _config.MissTimeout < _config.MegaMissTimeout ? _config.MissTimeout : _config.MegaMissTimeout;
            shortest = _config.KillTimeout > TimeSpan.Zero && _config.KillTimeout < shortest ? _config.KillTimeout : shortest;
            shortest = _config.MultiKillTimeout > TimeSpan.Zero && _config.MultiKillTimeout < shortest ? _config.MultiKillTimeout : shortest;
            return shortest > TimeSpan.FromMilliseconds(2) ? shortest / 2 : TimeSpan.FromMilliseconds(1);
        }
    }

    internal void Watch(WatchedThread thread) => _threads.Add(thread);

    /// <summary>From now on they are away for no longer than from now on.</summary>
    internal void Forgive(long nowNanos)
    {
        foreach (WatchedThread thread in _threads)
        {
            thread.Forgive(nowNanos);
        }
    }

    /// <summary>Looks at all of them.</summary>
    internal void Step(long nowNanos)
    {
        int stuckForMultiKill = 0;
        int several = Math.Max(2, (int)Math.Ceiling(_config.MultiKillThreshold * _threads.Count));
        foreach (WatchedThread thread in _threads)
        {
            if (thread.IsWell(nowNanos))
            {
                continue;
            }

            TimeSpan away = TimeSpan.FromTicks((nowNanos - thread.LastSeen) / 100);
            Count(thread, away, nowNanos);
            if (_config.KillTimeout > TimeSpan.Zero && away > _config.KillTimeout)
            {
                _events.OnKill($"watchdog: {thread.Name} is stuck", thread.Describe(nowNanos));
            }

            if (_config.MultiKillTimeout > TimeSpan.Zero && away > _config.MultiKillTimeout && ++stuckForMultiKill >= several)
            {
                _events.OnKill(
                    string.Create(CultureInfo.InvariantCulture, $"watchdog: {stuckForMultiKill} threads are stuck"), thread.Describe(nowNanos));
            }
        }
    }

    private void Count(WatchedThread thread, TimeSpan away, long nowNanos)
    {
        if (away > _config.MissTimeout && thread.TakeMiss())
        {
            Post(_miss, thread.Miss);
        }

        if (away > _config.MegaMissTimeout && thread.TakeMegaMiss())
        {
            Post(_megaMiss, thread.MegaMiss);
            _events.OnMegaMiss(thread.Describe(nowNanos));
        }
    }

    private void Post(Counter ofGroup, Counter ofThread) => _main.Post(() =>
    {
        ofGroup.Inc();
        ofThread.Inc();
    });
}
