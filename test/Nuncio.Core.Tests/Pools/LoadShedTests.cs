using Nuncio.Core.Clusters;
using Nuncio.Core.Overload;
using Nuncio.Core.Pools;
using Nuncio.Core.Runtime;
using Nuncio.Core.Tests.Clusters;
using Nuncio.Core.Tests.Overload;
using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Pools;

/// <summary>Under load no upstream connection is begun (<c>envoy.load_shed_points.connection_pool_new_connection</c>).</summary>
public sealed class LoadShedTests : IDisposable
{
    private readonly UpstreamFixture _fixture = new();
    private readonly FakeMonitor _monitor = new();
    private readonly SimulatedServer _server;

    public LoadShedTests()
    {
        _server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        OverloadConfig config = new()
        {
            Monitors = [new NamedMonitor("m", _monitor)],
            Points = [new LoadShedPointConfig(LoadShedPoint.ConnectionPoolNewConnection, [new OverloadTrigger("m", 0.9, 0.9)])],
        };
        LayeredRuntime runtime = new([new RuntimeLayer("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true)]);
        new OverloadManager(config, _fixture.Loop.Dispatcher, _fixture.Workers, _fixture.Stats.Root(), runtime, static () => { }).Start();
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Request_IsRefusedWithoutAConnectionAndServedAfterwards()
    {
        Press(1);
        Assert.Equal("failed Overflow", _fixture.Request().Log);
        Assert.Equal(0, _fixture.Counter("upstream_cx_total"));
        Assert.Equal(1, _fixture.Counter("upstream_rq_pending_total"));
        Assert.Equal(1, _fixture.Counter("upstream_rq_cancelled"));
        Assert.Equal(0, _fixture.Gauge("upstream_rq_pending_active"));
        Assert.Equal(0, _fixture.Cluster.Info.Limits(ResourcePriority.Default).PendingRequests.InUse);
        Assert.Equal(0, _fixture.Cluster.Info.Limits(ResourcePriority.Default).ConnectionPools.InUse);
        Press(0);
        TestRequest request = _fixture.Request();
        _fixture.Run();
        Assert.Equal("ready", request.Log);
    }

    [Fact]
    public void ReadyConnection_IsUsedAllTheSame()
    {
        _fixture.Request();
        _fixture.Run();
        _server.Accept().Write("HTTP/1.1 204 No Content\r\n\r\n");
        _fixture.Run();
        Press(1);
        Assert.Equal("ready", _fixture.Request().Log);
        Assert.Equal("failed Overflow", _fixture.Request().Log);
    }

    [Fact]
    public void WaitingRequestWhoseConnectionsAreGone_IsFailedAndNotLeftWaiting()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxConnections = 1 } });
        TestRequest first = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        TestRequest waiting = _fixture.Request();
        Press(1);
        peer.Close();
        _fixture.Run();
        Assert.Equal("ready, reset ConnectionTermination", first.Log);
        Assert.Equal("failed Overflow", waiting.Log);
    }

    [Fact]
    public void TcpConnection_IsRefused()
    {
        Press(1);
        User user = new();
        Assert.Null(_fixture.Cluster.ConnectTcp(_fixture.Choose()!, user));
        Assert.Equal(PoolFailureReason.Overflow, user.Failure);
        Assert.Equal(0, _fixture.Cluster.Info.Limits(ResourcePriority.Default).PendingRequests.InUse);
    }

    private void Press(double pressure)
    {
        _monitor.Pressure = pressure;
        _fixture.Loop.Advance(TimeSpan.FromSeconds(1));
    }

    private sealed class User : ITcpConnectCallbacks
    {
        public PoolFailureReason? Failure { get; private set; }

        public void OnTcpReady(Connection upstream, Host host) => Assert.Fail("not expected");

        public void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host) => Failure = reason;
    }
}
