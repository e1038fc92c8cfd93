using Nuncio.Core.Overload;

namespace Nuncio.Core.Tests.Overload;

public sealed class OverloadManagerTests
{
    private const string Requests = "envoy.overload_actions.stop_accepting_requests";

    [Fact]
    public void NoManagerConfigured_LetsEverythingThrough()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None);
        fixture.Press(1, 1);
        Assert.False(fixture.Worker.StopsAccepting);
        Assert.False(fixture.Worker.StopsRequest(fixture.Random));
        Assert.False(fixture.Worker.DisablesKeepAlive(fixture.Random));
        Assert.False(fixture.Worker.RejectsConnection(fixture.Random));
        Assert.False(fixture.Worker.Sheds(LoadShedPoint.HttpDecodeHeaders, fixture.Random));
        Assert.True(fixture.Worker.TryAdmitConnection(ignoreLimit: false));
    }

    [Fact]
    public void Monitors_AreReadEveryRefreshInterval()
    {
        using var fixture = new OverloadFixture(new OverloadConfig { RefreshInterval = TimeSpan.FromMilliseconds(250) });
        fixture.Loop.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(0, fixture.A.Readings);
        fixture.Loop.Advance(TimeSpan.FromMilliseconds(751));
        Assert.Equal(4, fixture.A.Readings);
        Assert.Equal(4, fixture.B.Readings);
    }

    [Fact]
    public void ThresholdTrigger_IsOnFromItsValue()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.StopAcceptingRequests, OverloadFixture.Threshold("a", 0.8)));
        fixture.Press(0.79);
        Assert.False(fixture.Worker.StopsRequest(fixture.Random));
        Assert.Equal(79, fixture.Gauge("a.pressure"));
        Assert.Equal(0, fixture.Gauge(Requests + ".active"));

        fixture.Press(0.8);
        Assert.Equal(10_000, fixture.Share(fixture.Worker.StopsRequest));
        Assert.True(fixture.Workers[1].Overload.StopsRequest(fixture.Random));
        Assert.Equal(1, fixture.Gauge(Requests + ".active"));
        Assert.Equal(100, fixture.Gauge(Requests + ".scale_percent"));

        fixture.Press(0.5);
        Assert.False(fixture.Worker.StopsRequest(fixture.Random));
        Assert.Equal(0, fixture.Gauge(Requests + ".active"));
        Assert.Equal([(OverloadAction.StopAcceptingRequests, true), (OverloadAction.StopAcceptingRequests, false)], fixture.Changes);
    }

    [Fact]
    public void ScaledTrigger_IsAProbabilityBetweenItsThresholds()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.RejectIncomingConnections, new OverloadTrigger("a", 0.5, 0.9)));
        fixture.Press(0.5);
        Assert.Equal(0, fixture.Share(fixture.Worker.RejectsConnection));

        fixture.Press(0.6);
        Assert.InRange(fixture.Share(fixture.Worker.RejectsConnection), 2300, 2700);
        Assert.InRange(fixture.Gauge("envoy.overload_actions.reject_incoming_connections.scale_percent"), 24, 25);
        Assert.Equal(0, fixture.Gauge("envoy.overload_actions.reject_incoming_connections.active"));

        fixture.Press(0.9);
        Assert.Equal(10_000, fixture.Share(fixture.Worker.RejectsConnection));
    }

    [Fact]
    public void SeveralTriggers_TheFarthestCounts()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(
            OverloadAction.DisableHttpKeepAlive, new OverloadTrigger("a", 0, 1), new OverloadTrigger("b", 0, 1)));
        fixture.Press(0.2, 0.7);
        Assert.InRange(fixture.Share(fixture.Worker.DisablesKeepAlive), 6700, 7300);
        fixture.Press(0.4, 0.1);
        Assert.InRange(fixture.Share(fixture.Worker.DisablesKeepAlive), 3700, 4300);
    }

    [Fact]
    public void StopAcceptingConnections_IsOnOnlyWhenSaturatedAndTold()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.StopAcceptingConnections, new OverloadTrigger("a", 0.5, 0.9)));
        int told = 0;
        fixture.Worker.AcceptingChanged += () => told++;
        fixture.Press(0.89);
        Assert.False(fixture.Worker.StopsAccepting);
        fixture.Press(0.95);
        Assert.True(fixture.Worker.StopsAccepting);
        fixture.Press(0.96);
        Assert.Equal(1, told);
        fixture.Press(0.7);
        Assert.False(fixture.Worker.StopsAccepting);
        Assert.Equal(2, told);
    }

    [Fact]
    public void FailedUpdate_IsCountedAndLeavesTheActionAsItIs()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.StopAcceptingRequests, OverloadFixture.Threshold("a", 0.8)));
        fixture.Press(0.9);
        fixture.Press(null);
        fixture.Press(null);
        Assert.True(fixture.Worker.StopsRequest(fixture.Random));
        Assert.Equal(2, fixture.Counter("a.failed_updates"));
        Assert.Equal(0, fixture.Counter("a.skipped_updates"));
        Assert.Equal(["a: gone"], fixture.Failures);

        fixture.Press(double.NaN);
        Assert.Equal(3, fixture.Counter("a.failed_updates"));
        fixture.Press(0);
        Assert.False(fixture.Worker.StopsRequest(fixture.Random));
    }

    [Fact]
    public void LoadShedPoint_CountsWhatItTurnedAway()
    {
        var config = new OverloadConfig
        {
            Points = [new LoadShedPointConfig(LoadShedPoint.TcpListenerAccept, [new OverloadTrigger("a", 0, 1)])],
        };
        using var fixture = new OverloadFixture(config);
        fixture.Press(0.5);
        int shed = fixture.Share(random => fixture.Worker.Sheds(LoadShedPoint.TcpListenerAccept, random));
        Assert.InRange(shed, 4700, 5300);
        Assert.False(fixture.Worker.Sheds(LoadShedPoint.HttpDecodeHeaders, fixture.Random));
        Assert.Equal(shed, fixture.Counter("envoy.load_shed_points.tcp_listener_accept.shed_load_count"));
        Assert.Equal(50, fixture.Gauge("envoy.load_shed_points.tcp_listener_accept.scale_percent"));
    }

    [Fact]
    public void NothingChanged_NothingIsPosted()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.StopAcceptingRequests, OverloadFixture.Threshold("a", 0.8)));
        fixture.Press(0.1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        fixture.Press(0.2);
        fixture.Press(0.7);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256);
    }

    [Fact]
    public void Delay_IsRecorded()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None);
        fixture.Press(0);
        fixture.Press(0);
        fixture.Stats.Flush();
        Assert.Equal(2, fixture.Stats.FindHistogram("overload.refresh_interval_delay")!.Cumulative.Count);
    }

    [Fact]
    public void ShrinkHeap_CollectsEveryTenSecondsWhileSaturated()
    {
        using var fixture = new OverloadFixture(OverloadFixture.With(OverloadAction.ShrinkHeap, OverloadFixture.Threshold("a", 0.9)));
        int trimmed = 0;
        fixture.Workers[1].Dispatcher.Trimming += () => trimmed++;
        fixture.Loop.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, fixture.Collections);

        fixture.A.Pressure = 1;
        fixture.Loop.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(3, fixture.Collections);
        Assert.Equal(3, trimmed);
        Assert.Equal(3, fixture.Counter("envoy.overload_actions.shrink_heap.shrink_count"));

        fixture.A.Pressure = 0;
        fixture.Loop.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(3, fixture.Collections);
    }
}
