using Nuncio.Core.Clusters;
using Nuncio.Extensions.NetworkFilters.TcpProxy;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

public sealed class TcpProxyConnectTests
{
    [Fact]
    public void NewConnection_ConnectsAtOnceAndProxiesBothWays()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        client.Write("ping");
        fixture.Run();
        Assert.Equal("ping", upstream.ReadText());
        upstream.Write("pong!");
        fixture.Run();
        Assert.Equal("pong!", client.ReadText());
        Assert.Equal(1, fixture.Tcp("downstream_cx_total"));
        Assert.Equal(4, fixture.Tcp("downstream_cx_rx_bytes_total"));
        Assert.Equal(5, fixture.Tcp("downstream_cx_tx_bytes_total"));
        Assert.Equal(1, fixture.Cluster("upstream_cx_total"));
        Assert.Equal(5, fixture.Cluster("upstream_cx_rx_bytes_total"));
        Assert.Equal(4, fixture.Cluster("upstream_cx_tx_bytes_total"));
        Assert.Equal(1, fixture.Base.Gauge("cluster.up.upstream_cx_active"));
        Assert.Equal(1, fixture.Cluster("upstream_rq_total"));
        client.Close();
        upstream.Close();
        fixture.AssertNothingLeft();
        Assert.Equal(["- 4 5 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
    }

    [Fact]
    public void BytesSentBeforeTheUpstreamIsConnected_WaitInTheKernelAndArrive()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.Latency = TimeSpan.FromMilliseconds(10);
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Network.Connect(NetworkFilterFixture.ListenAddress);
        fixture.Advance(0.011);
        client.Write("early");
        fixture.Advance(0.005);
        Assert.Equal(0, fixture.Base.Accepted.ReadBufferLength);
        Assert.Equal(0UL, fixture.Base.Accepted.BytesReceived);
        fixture.Advance(0.1);
        Assert.Equal("early", server.Accept().ReadText());
        Assert.Equal(0, fixture.Tcp("early_data_received_count_total"));
    }

    [Fact]
    public void NobodyListens_ClosesTheClientWithUfAndUrx()
    {
        using TcpProxyFixture fixture = new(format: TcpProxyFixture.Format + " %UPSTREAM_TRANSPORT_FAILURE_REASON% %UPSTREAM_REQUEST_ATTEMPT_COUNT%");
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(["UF,URX 0 0 10.0.0.1:9000 TcpConnectionEnd delayed_connect_error:_Connection_refused 1"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_fail"));
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_attempts_exceeded"));
        Assert.Equal(0, fixture.Cluster("upstream_rq_total"));
        Assert.Equal("tcp_initializion_failure:0", fixture.Base.Accepted.LocalCloseReason);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ConnectNeverEnds_ClosesTheClientAfterTheConnectTimeout()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.HangConnects(TcpProxyFixture.Upstream);
        SimulatedPeer client = fixture.Connect();
        fixture.Advance(4.9);
        Assert.False(client.IsClosed);
        fixture.Advance(0.2);
        Assert.True(client.IsClosed);
        Assert.Equal(["UF,URX 0 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_timeout"));
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_fail"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void NoDescriptorLeftForTheUpstream_IsNoUpstreamFailure()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.DescriptorLimit = fixture.Network.OpenDescriptors + 1;
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(["URX 0 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClusterDoesNotExist_ClosesTheClientWithNc()
    {
        using TcpProxyFixture fixture = new(config => config with { Clusters = ClusterChoice.Of("no such cluster") });
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(["NC 0 0 - TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Tcp("downstream_cx_no_route"));
        Assert.Equal("tcp_initializion_failure:3", fixture.Base.Accepted.LocalCloseReason);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClusterHasNoHost_ClosesTheClientWithUh()
    {
        using TcpProxyFixture fixture = new(cluster: NetworkFilterFixture.ClusterOf("up"));
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(["UH 0 0 - TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Cluster("upstream_cx_none_healthy"));
        Assert.Equal("tcp_initializion_failure:1", fixture.Base.Accepted.LocalCloseReason);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ConnectionLimitOfTheCluster_ClosesTheClientWithUo()
    {
        using TcpProxyFixture fixture = new(
            cluster: NetworkFilterFixture.ClusterOf("up", TcpProxyFixture.Upstream) with { DefaultLimits = new CircuitBreakerConfig { MaxConnections = 1 } });
        (SimulatedPeer first, SimulatedPeer upstream) = fixture.Open();
        SimulatedPeer second = fixture.Connect();
        Assert.True(second.IsClosed);
        Assert.Equal(["UO 0 0 - TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Cluster("upstream_cx_overflow"));
        Assert.Equal("tcp_initializion_failure:2", fixture.Base.Accepted.LocalCloseReason);
        Assert.Equal(1, fixture.Base.Gauge("cluster.up.circuit_breakers.default.cx_open"));

        // The first gives its place back.
        first.Close();
        upstream.Close();
        fixture.Run();
        Assert.False(fixture.Connect().IsClosed);
    }

    [Fact]
    public void PendingLimitOfTheCluster_CountsAsAFailedAttempt()
    {
        using TcpProxyFixture fixture = new(
            cluster: NetworkFilterFixture.ClusterOf("up", TcpProxyFixture.Upstream) with { DefaultLimits = new CircuitBreakerConfig { MaxPendingRequests = 0 } });
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(["URX 0 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(1, fixture.Cluster("upstream_rq_pending_overflow"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void SecondAttemptSucceeds_TheClientNoticesNothing()
    {
        using TcpProxyFixture fixture = new(
            config => config with { MaxConnectAttempts = 2 },
            NetworkFilterFixture.ClusterOf("up", "10.0.0.1:9000", "10.0.0.2:9000"),
            TcpProxyFixture.Format + " %UPSTREAM_REQUEST_ATTEMPT_COUNT%");
        SimulatedServer second = fixture.Listen("10.0.0.2:9000");

        // Round robin starts at a random host; two connections see both, and one of them fails first.
        SimulatedPeer[] clients = [fixture.Connect(), fixture.Connect()];
        fixture.Advance(0.01);
        foreach (SimulatedPeer client in clients)
        {
            SimulatedPeer upstream = second.Accept();
            upstream.Close();
            fixture.Run();
            Assert.True(client.IsEnded);
            client.Close();
            fixture.Run();
        }

        Assert.True(fixture.Cluster("upstream_cx_connect_fail") >= 1);
        Assert.Equal(0, fixture.Cluster("upstream_cx_connect_attempts_exceeded"));
        Assert.Contains("UF 0 0 10.0.0.2:9000 TcpConnectionEnd 2", fixture.Log.Lines);
    }

    [Fact]
    public void AllAttemptsFail_ClosesTheClientAfterTheLast()
    {
        using TcpProxyFixture fixture = new(config => config with { MaxConnectAttempts = 3 });
        SimulatedPeer client = fixture.Connect();
        fixture.Advance(0.1);
        Assert.True(client.IsClosed);
        Assert.Equal(3, fixture.Cluster("upstream_cx_connect_fail"));
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_attempts_exceeded"));
        Assert.Equal(["UF,URX 0 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void BackOff_WaitsBelowADoublingInterval()
    {
        using TcpProxyFixture fixture = new(config => config with
        {
            MaxConnectAttempts = 4,
            BackOff = new ConnectBackOff(1_000_000_000, 2_000_000_000),
        });
        SimulatedPeer client = fixture.Connect();
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_fail"));
        fixture.Advance(1.01);
        Assert.InRange(fixture.Cluster("upstream_cx_connect_fail"), 2, 4);
        fixture.Advance(4.02);
        Assert.Equal(4, fixture.Cluster("upstream_cx_connect_fail"));
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void ClientGoesAwayWhileConnecting_TheConnectIsGivenUp()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.HangConnects(TcpProxyFixture.Upstream);
        SimulatedPeer client = fixture.Connect();
        client.Reset();
        fixture.Run();
        Assert.Equal(1, fixture.Cluster("upstream_rq_cancelled"));
        Assert.Equal(["- 0 0 - TcpConnectionEnd"], fixture.Log.Lines);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClientGoesAwayBetweenAttempts_NoFurtherAttempt()
    {
        using TcpProxyFixture fixture = new(config => config with
        {
            MaxConnectAttempts = 5,
            BackOff = new ConnectBackOff(60_000_000_000, 60_000_000_000),
        });
        SimulatedPeer client = fixture.Connect();
        client.Reset();
        fixture.Advance(120);
        Assert.Equal(1, fixture.Cluster("upstream_cx_connect_fail"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void WeightedClusters_AreDrawnByWeight()
    {
        using TcpProxyFixture fixture = new(config => config with
        {
            Clusters = new ClusterChoice([(ClusterRef.Of("up"), 1), (ClusterRef.Of("heavy"), 3)]),
        });
        fixture.Base.AddCluster("heavy", "10.0.0.2:9000");
        fixture.Listen();
        fixture.Listen("10.0.0.2:9000");
        for (int i = 0; i < 400; i++)
        {
            fixture.Connect().Reset();
            fixture.Run();
        }

        long light = fixture.Cluster("upstream_cx_total");
        Assert.InRange(light, 70, 130);
        Assert.Equal(400 - light, fixture.Base.Counter("cluster.heavy.upstream_cx_total"));
    }
}
