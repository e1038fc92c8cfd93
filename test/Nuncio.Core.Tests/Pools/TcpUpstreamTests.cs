using Nuncio.Core.Clusters;
using Nuncio.Core.Pools;
using Nuncio.Core.Tests.Clusters;
using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Pools;

public sealed class TcpUpstreamTests : IDisposable
{
    private readonly UpstreamFixture _fixture = new();
    private readonly SimulatedServer _server;

    public TcpUpstreamTests() => _server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Connected_IsHandedOverAndCountedUntilItsEnd()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        User user = Connect();
        Assert.Equal(1, _fixture.Gauge("upstream_rq_pending_active"));
        _fixture.Run();
        Assert.Equal("ready 10.0.0.1:80", user.Log);
        Assert.Equal(0, _fixture.Gauge("upstream_rq_pending_active"));
        Assert.Equal(1, _fixture.Gauge("upstream_rq_active"));
        Assert.Equal(1, _fixture.Gauge("upstream_cx_active"));
        SimulatedPeer peer = _server.Accept();
        peer.Write("banner");
        _fixture.Run();
        peer.Close();
        _fixture.Run();
        Assert.Equal(0, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(0, _fixture.Gauge("upstream_rq_active"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_remote_with_active_rq"));
        Assert.Equal(6, _fixture.Counter("upstream_cx_rx_bytes_total"));
        Assert.Equal(0, _fixture.Cluster.Info.Limits(ResourcePriority.Default).Connections.InUse);
    }

    [Fact]
    public void Refused_FailsWithTheReason()
    {
        _server.Stop();
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        User user = Connect();
        _fixture.Run();
        Assert.Equal("failed RemoteConnectionFailure delayed connect error: Connection refused", user.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_fail"));
        Assert.Equal(1, _fixture.Counter("upstream_rq_pending_failure_eject"));
        Assert.Equal(0, _fixture.Gauge("upstream_rq_pending_active"));
    }

    [Fact]
    public void NotConnectedInTime_FailsWithTimeout()
    {
        _fixture.Loop.Network.HangConnects(UpstreamFixture.Address);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        User user = Connect();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("failed Timeout", user.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_timeout"));
    }

    [Fact]
    public void ConnectionLimitReached_FailsAtOnce()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxConnections = 1 } });
        User first = Connect();
        User second = Connect();
        Assert.Null(second.Upstream);
        Assert.Equal("failed Overflow", second.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_overflow"));
        _fixture.Run();
        first.Upstream!.Connection.Close(ConnectionCloseType.NoFlush, "test");
        Assert.NotNull(Connect().Upstream);
    }

    [Fact]
    public void Cancelled_ClosesAndIsNotCalled()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        User user = Connect();
        user.Upstream!.Cancel();
        _fixture.Run();
        Assert.Equal("", user.Log);
        Assert.Equal(1, _fixture.Counter("upstream_rq_cancelled"));
        Assert.Equal(0, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(0, _fixture.Gauge("upstream_rq_pending_active"));
        Assert.Equal(0, _fixture.Loop.Network.OpenDescriptors);
    }

    private User Connect()
    {
        User user = new();
        user.Upstream = _fixture.Cluster.ConnectTcp(_fixture.Choose()!, user);
        return user;
    }

    private sealed class User : ITcpConnectCallbacks
    {
        public TcpUpstream? Upstream { get; set; }

        public string Log { get; private set; } = "";

        public void OnTcpReady(Connection upstream, Host host) => Log += $"ready {host}";

        public void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host) =>
            Log += $"failed {reason} {transportFailureReason}".TrimEnd();
    }
}
