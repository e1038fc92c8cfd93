using Nuncio.Base.Stats;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// Flushes the statistics every <c>stats_flush_interval</c>, or with <c>stats_flush_on_admin</c> when they are asked for. Owner: main
/// thread; lives as long as the process.
/// </summary>
internal sealed class StatsFlusher : ITimerHandler
{
    private readonly Dispatcher _main;
    private readonly StatsStore _store;
    private readonly ServerStats _stats;
    private readonly ConnectionCount _connections;
    private readonly TimeSpan _interval;
    private readonly bool _onAdmin;
    private readonly Timer _timer;
    private readonly long _startNanos;

    internal StatsFlusher(Dispatcher main, StatsStore store, ServerStats stats, ConnectionCount connections, TimeSpan interval, bool onAdmin)
    {
        _main = main;
        _store = store;
        _stats = stats;
        _connections = connections;
        _interval = interval;
        _onAdmin = onAdmin;
        _timer = new Timer(main.Timers, this);
        _startNanos = main.Clock.MonotonicNanos;
    }

    /// <summary>Time since the process was composed.</summary>
    internal TimeSpan Uptime => TimeSpan.FromTicks((_main.Clock.MonotonicNanos - _startNanos) / 100);

    internal void Start()
    {
        if (!_onAdmin)
        {
            _timer.Arm(_interval);
        }
    }

    /// <summary>The admin is about to show statistics: the machine's figures are read, and all are flushed if that is when to do it.</summary>
    internal void OnAdmin()
    {
        _stats.Update((long)Uptime.TotalSeconds, _connections.Now, exact: true);
        if (_onAdmin)
        {
            _store.Flush();
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _timer.Arm(_interval);
        _stats.Update((long)Uptime.TotalSeconds, _connections.Now, exact: false);
        _store.Flush();
    }
}
