using Nuncio.IO.Events;
using Nuncio.IO.Timers;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Events;

public sealed class DispatcherTests : IDisposable
{
    private readonly SimulatedLoop _loop = new();
    private readonly List<string> _log = [];

    private Dispatcher Dispatcher => _loop.Dispatcher;

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void OneIteration_RunsPostedThenTimersThenCallbacksThenReleases()
    {
        Part soon = new(() => _log.Add("soon"));
        Part release = new(() => _log.Add("release"));
        Part timer = new(() =>
        {
            _log.Add("timer");
            Dispatcher.RunSoon(soon);
            Dispatcher.DeferRelease(release);
        });
        new Timer(Dispatcher.Timers, timer).Arm(0);
        Dispatcher.Post(() => _log.Add("posted"));
        Dispatcher.RunOnce(0);
        Assert.Equal(["posted", "timer", "soon", "release"], _log);
    }

    [Fact]
    public void PostedWhileRunningPosted_WaitsForTheNextIteration()
    {
        Dispatcher.Post(() =>
        {
            _log.Add("first");
            Dispatcher.Post(() => _log.Add("second"));
        });
        Dispatcher.RunOnce(0);
        Assert.Equal(["first"], _log);
        Dispatcher.RunOnce(-1);
        Assert.Equal(["first", "second"], _log);
    }

    [Fact]
    public void RunSoonTwice_RunsOnce()
    {
        Part soon = new(() => _log.Add("soon"));
        Dispatcher.RunSoon(soon);
        Dispatcher.RunSoon(soon);
        _loop.RunUntilIdle();
        Assert.Single(_log);
        Dispatcher.RunSoon(soon);
        _loop.RunUntilIdle();
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public void RunSoonFromItself_RunsAgainInTheNextIterationOnly()
    {
        Part? soon = null;
        soon = new Part(() =>
        {
            _log.Add("soon");
            if (_log.Count < 3)
            {
                Dispatcher.RunSoon(soon!);
            }
        });
        Dispatcher.RunSoon(soon);
        Dispatcher.RunOnce(0);
        Assert.Single(_log);
        _loop.RunUntilIdle();
        Assert.Equal(3, _log.Count);
    }

    [Fact]
    public void CallbackThrows_IsCountedReportedAndTheRestRuns()
    {
        Dispatcher.Post(() => throw new InvalidOperationException("posted"));
        Dispatcher.Post(() => _log.Add("after posted"));
        Part badTimer = new(() => throw new InvalidOperationException("timer"));
        new Timer(Dispatcher.Timers, badTimer).Arm(0);
        new Timer(Dispatcher.Timers, new Part(() => _log.Add("after timer"))).Arm(0);
        Dispatcher.RunSoon(new Part(() => throw new InvalidOperationException("soon")));
        Dispatcher.RunSoon(new Part(() => _log.Add("after soon")));
        Dispatcher.DeferRelease(new Part(() => throw new InvalidOperationException("release")));
        Dispatcher.DeferRelease(new Part(() => _log.Add("after release")));
        _loop.RunUntilIdle();

        Assert.Equal(["after posted", "after timer", "after soon", "after release"], _log);
        Assert.Equal(4, Dispatcher.ContainedExceptions);
        Assert.Equal(["posted", "timer", "soon", "release"], _loop.Contained.ConvertAll(e => e.Message));
        Assert.Equal(1, badTimer.Ended);
    }

    [Fact]
    public void Advance_StopsAtEveryTimerOnTheWay()
    {
        Timer timer = new(Dispatcher.Timers, new Part(() => _log.Add($"{Dispatcher.NowNanos / 1_000_000}")));
        long start = Dispatcher.NowNanos / 1_000_000;
        timer.Arm(TimeSpan.FromMilliseconds(250));
        Timer second = new(Dispatcher.Timers, new Part(() => _log.Add($"{Dispatcher.NowNanos / 1_000_000}")));
        second.Arm(TimeSpan.FromSeconds(3));
        _loop.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([$"{start + 250}", $"{start + 3000}"], _log);
        Assert.Equal(_loop.Clock.UtcTicks, Dispatcher.UtcTicks);
    }

    [Fact]
    public void WallClockSteps_AreSeenSoon()
    {
        _loop.Clock.StepWallClock(TimeSpan.FromHours(1));
        _loop.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(_loop.Clock.UtcTicks, Dispatcher.UtcTicks);
    }

    private sealed class Part(Action run) : IRunSoon, IReleasable, ITimerHandler
    {
        public bool IsQueuedSoon { get; set; }

        public int Ended { get; private set; }

        public void RunSoon() => run();

        public void Release() => run();

        public void OnTimer(Timer timer) => run();

        public void OnUnhandledException(Exception exception) => Ended++;
    }
}
