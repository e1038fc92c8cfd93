using Nuncio.Base.Stats;
using Nuncio.Core.Watchdogs;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Watchdogs;

public sealed class WatchdogTests : IWatchdogEvents, IDisposable
{
    private readonly SimulatedLoop _loop = new(3);
    private readonly StatsStore _stats = new(3);
    private readonly List<StuckThread> _missed = [];
    private readonly List<string> _kills = [];

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void ThreadsThatComeBack_AreNotCounted()
    {
        Watchdog watchdog = Make();
        for (int i = 0; i < 10; i++)
        {
            _loop.Advance(TimeSpan.FromSeconds(5));
            Step(watchdog);
        }

        Assert.Equal(0, Count("workers.watchdog_miss"));
        Assert.Equal(0, Count("main_thread.watchdog_miss"));
    }

    [Fact]
    public void StuckWorker_IsMissedOnceThenMegaMissedOnceAndDescribed()
    {
        Watchdog watchdog = Make();
        Stick(1, () =>
        {
            Step(watchdog);
            Pass(watchdog, 150);
            Assert.Equal(0, Count("workers.watchdog_miss"));
            Pass(watchdog, 100);
            Pass(watchdog, 100);
            Assert.Equal(1, Count("server.worker_0.watchdog_miss"));
            Assert.Equal(1, Count("workers.watchdog_miss"));
            Assert.Equal(0, Count("workers.watchdog_mega_miss"));
            Pass(watchdog, 700);
            Pass(watchdog, 700);
        });
        Assert.Equal(1, Count("workers.watchdog_miss"));
        Assert.Equal(1, Count("workers.watchdog_mega_miss"));
        Assert.Equal(1, Count("server.worker_0.watchdog_mega_miss"));
        Assert.Equal(0, Count("server.worker_1.watchdog_miss"));
        Assert.Equal(0, Count("main_thread.watchdog_miss"));
        StuckThread stuck = Assert.Single(_missed);
        Assert.Equal("worker_0", stuck.Name);
        Assert.InRange(stuck.Away.TotalMilliseconds, 1000, 1100);
        Assert.Contains("posted work of ", stuck.Report, StringComparison.Ordinal);
        Assert.Contains(nameof(WatchdogTests), stuck.Report, StringComparison.Ordinal);
        Assert.Empty(_kills);
    }

    [Fact]
    public void StuckTimer_IsNamed()
    {
        Watchdog watchdog = Make();
        var handler = new StickingHandler(() =>
        {
            Step(watchdog);
            Pass(watchdog, 1100);
        });
        new Nuncio.IO.Timers.Timer(_loop.Dispatchers[2].Timers, handler).Arm(TimeSpan.FromMilliseconds(1));
        _loop.Clock.Advance(TimeSpan.FromMilliseconds(2));
        _loop.Dispatchers[2].RunOnce(0);
        Assert.Contains("timer of " + typeof(StickingHandler).FullName, Assert.Single(_missed).Report, StringComparison.Ordinal);
    }

    [Fact]
    public void StuckAgain_IsCountedAgain()
    {
        Watchdog watchdog = Make();
        for (int i = 0; i < 3; i++)
        {
            Stick(1, () =>
            {
                Step(watchdog);
                Pass(watchdog, 300);
            });
            _loop.RunUntilIdle();
            Step(watchdog);
        }

        Assert.Equal(3, Count("workers.watchdog_miss"));
    }

    [Fact]
    public void MainThreadHasTimesOfItsOwn()
    {
        var main = new WatchdogConfig { MissTimeout = TimeSpan.FromSeconds(10), MegaMissTimeout = TimeSpan.FromSeconds(20) };
        Watchdog watchdog = Make(main: main);
        Stick(0, () =>
        {
            Step(watchdog);
            Pass(watchdog, 9000);
        });
        Assert.Equal(0, Count("main_thread.watchdog_miss"));
        Stick(0, () =>
        {
            Step(watchdog);
            Pass(watchdog, 11_000);
        });
        _loop.RunUntilIdle();
        Assert.Equal(1, Count("main_thread.watchdog_miss"));
        Assert.Equal(1, Count("server.main_thread.watchdog_miss"));
        Assert.Equal(0, Count("main_thread.watchdog_mega_miss"));
    }

    [Fact]
    public void KillTimeout_EndsTheProcess()
    {
        Watchdog watchdog = Make(new WatchdogConfig { KillTimeout = TimeSpan.FromSeconds(3) });
        Stick(1, () =>
        {
            Step(watchdog);
            Pass(watchdog, 2900);
            Assert.Empty(_kills);
            Pass(watchdog, 200);
        });
        Assert.Equal(["watchdog: worker_0 is stuck"], _kills);
    }

    [Fact]
    public void WatchdogThatDidNotRunItself_BlamesNobody()
    {
        Watchdog watchdog = Make(new WatchdogConfig { KillTimeout = TimeSpan.FromSeconds(3) });
        Stick(1, () =>
        {
            Step(watchdog);
            _loop.Clock.Advance(TimeSpan.FromSeconds(60));
            watchdog.Step(_loop.Clock.MonotonicNanos, inTime: false);
            Pass(watchdog, 190);
        });
        Assert.Empty(_kills);
        Assert.Equal(0, Count("workers.watchdog_miss"));
        Stick(1, () =>
        {
            Step(watchdog);
            Pass(watchdog, 3100);
        });
        Assert.Single(_kills); // And watches on.
    }

    [Fact]
    public void MultiKill_NeedsTwoThreadsEvenWithoutThreshold()
    {
        var config = new WatchdogConfig { MultiKillTimeout = TimeSpan.FromSeconds(3) };
        Watchdog watchdog = Make(config);
        Stick(1, () =>
        {
            Step(watchdog);
            Pass(watchdog, 10_000);
        });
        Assert.Empty(_kills);
        Stick(1, () => Stick(2, () =>
        {
            Step(watchdog);
            Pass(watchdog, 3100);
        }));
        Assert.Equal(["watchdog: 2 threads are stuck"], _kills);
    }

    [Fact]
    public void MultiKillThreshold_RoundsUp()
    {
        _loop.AddDispatcher("worker_2");
        var config = new WatchdogConfig { MultiKillTimeout = TimeSpan.FromSeconds(3), MultiKillThreshold = 0.7 };
        Watchdog watchdog = Make(config);
        Stick(1, () => Stick(2, () =>
        {
            Step(watchdog);
            Pass(watchdog, 3100);
            Assert.Empty(_kills); // 0.7 of 3 is 3
        }));
        Stick(1, () => Stick(2, () => Stick(3, () =>
        {
            Step(watchdog);
            Pass(watchdog, 3100);
        })));
        Assert.Equal(["watchdog: 3 threads are stuck"], _kills);
    }

    [Fact]
    public void Interval_IsHalfTheShortestTime()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), Make().Interval);
        Assert.Equal(TimeSpan.FromMilliseconds(25), Make(new WatchdogConfig { KillTimeout = TimeSpan.FromMilliseconds(50) }).Interval);
    }

    [Fact]
    public void StartedAndStopped_FindsARealThreadStuck()
    {
        using var found = new ManualResetEvent(false);
        var main = new Dispatcher("main", 0, new EpollPoller(), _loop.Network.Sockets, Base.Time.SystemClock.Instance, _loop.Dispatcher.Random);
        var worker = new Dispatcher("worker_0", 1, new EpollPoller(), _loop.Network.Sockets, Base.Time.SystemClock.Instance, _loop.Dispatcher.Random);
        var thread = new Thread(worker.Run) { IsBackground = true };
        var config = new WatchdogConfig { MissTimeout = TimeSpan.FromMilliseconds(10), MegaMissTimeout = TimeSpan.FromMilliseconds(20) };
        var events = new Listener(found);
        var watchdog = new Watchdog(new WatchdogsConfig(config, config), main, [worker], _stats.Root(), Base.Time.SystemClock.Instance, events);
        thread.Start();
        watchdog.Start();
        worker.Post(() => found.WaitOne(TimeSpan.FromSeconds(20)));
        Assert.True(found.WaitOne(TimeSpan.FromSeconds(20)));
        worker.Stop();
        thread.Join();
        watchdog.Stop();
        Assert.Equal("worker_0", events.Found!.Name);
        Assert.Contains("State:", events.Found.Report, StringComparison.Ordinal);
    }

    void IWatchdogEvents.OnMegaMiss(StuckThread thread) => _missed.Add(thread);

    void IWatchdogEvents.OnKill(string reason, StuckThread thread) => _kills.Add(reason);

    private Watchdog Make(WatchdogConfig? workers = null, WatchdogConfig? main = null) => new(
        new WatchdogsConfig(main ?? new WatchdogConfig(), workers ?? new WatchdogConfig()),
        _loop.Dispatcher,
        [.. _loop.Dispatchers.Skip(1)],
        _stats.Root(),
        _loop.Clock,
        this);

    /// <summary>Runs this inside of a piece of work of one loop, which cannot come back meanwhile.</summary>
    private void Stick(int dispatcher, Action meanwhile)
    {
        _loop.Dispatchers[dispatcher].Post(meanwhile);
        _loop.Dispatchers[dispatcher].RunOnce(0);
        Assert.Empty(_loop.Contained);
    }

    private void Step(Watchdog watchdog) => watchdog.Step(_loop.Clock.MonotonicNanos, inTime: true);

    private void Pass(Watchdog watchdog, int milliseconds)
    {
        _loop.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Step(watchdog);
    }

    private long Count(string name)
    {
        _loop.Dispatcher.RunOnce(0);
        return _stats.CounterValue(name);
    }

    private sealed class Listener(ManualResetEvent found) : IWatchdogEvents
    {
        internal StuckThread? Found { get; private set; }

        public void OnMegaMiss(StuckThread thread)
        {
            Found = thread;
            found.Set();
        }

        public void OnKill(string reason, StuckThread thread)
        {
        }
    }

    private sealed class StickingHandler(Action meanwhile) : ITimerHandler
    {
        public void OnTimer(Nuncio.IO.Timers.Timer timer) => meanwhile();
    }
}
