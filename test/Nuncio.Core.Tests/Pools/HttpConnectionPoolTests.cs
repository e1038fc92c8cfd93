using Nuncio.Core.Clusters;
using Nuncio.Core.Tests.Clusters;
using Nuncio.Http.Streams;
using Nuncio.IO.Interop;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Pools;

public sealed class HttpConnectionPoolTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    private readonly UpstreamFixture _fixture = new();
    private readonly SimulatedServer _server;

    public HttpConnectionPoolTests() => _server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void FirstRequest_WaitsForAConnectionThenIsServed()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        Assert.NotNull(request.Pending);
        Assert.Equal(1, _fixture.Gauge("upstream_rq_pending_active"));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        Assert.Equal("GET / HTTP/1.1\r\nhost: up\r\n\r\n", peer.ReadText());
        Assert.Equal((0, 1, 1), Requests());
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", request.Log);
        Assert.False(request.WasReused);
        Assert.Equal((0, 0, 1), Requests());
        Assert.Equal(1, _fixture.Counter("upstream_cx_total"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_http1_total"));
        Assert.Equal(1, _fixture.Gauge("upstream_cx_active"));
    }

    [Fact]
    public void SecondRequest_UsesTheConnectionAtOnce()
    {
        SimulatedPeer peer = Warm();
        TestRequest request = _fixture.Request();
        Assert.Null(request.Pending);
        Assert.Equal("ready", request.Log);
        Assert.True(request.WasReused);
        _fixture.Run();
        Assert.Equal("GET / HTTP/1.1\r\nhost: up\r\n\r\n", peer.ReadText());
        Assert.False(_server.HasWaiting);
    }

    [Fact]
    public void ConnectionFreedLast_IsUsedFirst()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Request();
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer first = _server.Accept();
        SimulatedPeer second = _server.Accept();
        second.Write(Ok);
        _fixture.Run();
        first.Write(Ok);
        _fixture.Run();
        first.ReadAll();
        second.ReadAll();
        _fixture.Request();
        _fixture.Run();
        Assert.True(first.Available > 0);
        Assert.Equal(0, second.Available);
    }

    [Fact]
    public void WaitingRequests_AreServedInOrder()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxConnections = 1 } });
        TestRequest first = _fixture.Request();
        TestRequest second = _fixture.Request();
        TestRequest third = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        Assert.False(_server.HasWaiting);
        Assert.Equal(("ready", "", ""), (first.Log, second.Log, third.Log));
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal(("ready", ""), (second.Log, third.Log));
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready", third.Log);

        // Envoy: counted whenever one was wanted, which is also each time the only one becomes free.
        Assert.Equal(4, _fixture.Counter("upstream_cx_overflow"));
        Assert.Equal(1, _fixture.Gauge("circuit_breakers.default.cx_open"));
    }

    [Fact]
    public void ConnectRefused_FailsAllThatWait()
    {
        _server.Stop();
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest first = _fixture.Request();
        TestRequest second = _fixture.Request();
        _fixture.Run();
        Assert.Equal("failed RemoteConnectionFailure delayed connect error: Connection refused", first.Log);
        Assert.StartsWith("failed RemoteConnectionFailure", second.Log, StringComparison.Ordinal);
        Assert.Equal(2, _fixture.Counter("upstream_cx_connect_fail"));
        Assert.Equal(2, _fixture.Counter("upstream_rq_pending_failure_eject"));
        Assert.Equal(2, _fixture.Counter("upstream_cx_destroy_remote"));
        Assert.Equal((0, 0, 0), Requests());
        Assert.Equal(0, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(2, _fixture.Manager.GetStatus()[0].AllHosts.First().Totals().CxConnectFail);
    }

    [Fact]
    public void RetryInsideTheFailure_WaitsAnew()
    {
        _fixture.Loop.Network.FailConnects(UpstreamFixture.Address, Errno.ConnectionRefused);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest? retry = null;
        TestRequest first = _fixture.Request();
        first.OnTrouble = () =>
        {
            _fixture.Loop.Network.RestoreConnects(UpstreamFixture.Address);
            retry = _fixture.Request();
        };
        _fixture.Run();
        Assert.StartsWith("failed", first.Log, StringComparison.Ordinal);
        Assert.Equal("ready", retry!.Log);
    }

    [Fact]
    public void ConnectTimeout_FailsWithTimeout()
    {
        _fixture.Loop.Network.HangConnects(UpstreamFixture.Address);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { ConnectTimeout = TimeSpan.FromSeconds(2) });
        TestRequest request = _fixture.Request();
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(1990));
        Assert.Equal("", request.Log);
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal("failed Timeout", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_timeout"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_fail"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_local"));
        Assert.Equal(0, _fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void PendingOverflow_FailsAtOnce()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxPendingRequests = 1 } });
        TestRequest first = _fixture.Request();
        Assert.Equal(1, _fixture.Gauge("circuit_breakers.default.rq_pending_open"));
        TestRequest second = _fixture.Request();
        Assert.Null(second.Pending);
        Assert.Equal("failed Overflow", second.Log);
        Assert.Equal(1, _fixture.Counter("upstream_rq_pending_overflow"));
        TestRequest high = _fixture.Request(priority: ResourcePriority.High);
        Assert.NotNull(high.Pending);
        _fixture.Run();
        Assert.Equal("ready", first.Log);
        Assert.Equal(0, _fixture.Gauge("circuit_breakers.default.rq_pending_open"));
    }

    [Fact]
    public void MaxRequestsReached_FailsWithOverflow()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxRequests = 1 } });
        TestRequest first = _fixture.Request();
        _fixture.Run();
        Assert.Equal("ready", first.Log);
        Assert.Equal(1, _fixture.Gauge("circuit_breakers.default.rq_open"));
        TestRequest second = _fixture.Request();
        _fixture.Run();
        Assert.Equal("failed Overflow", second.Log);
        _server.Accept().Write(Ok);
        _fixture.Run();
        Assert.Equal(0, _fixture.Gauge("circuit_breakers.default.rq_open"));
        Assert.Equal("ready", _fixture.Request().Log);
    }

    [Fact]
    public void CancelledWhileWaiting_IsNotCalledAndLeavesTheConnection()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        request.Pending!.Cancel();
        _fixture.Run();
        Assert.Equal("", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_rq_cancelled"));
        Assert.Equal((0, 0, 0), Requests());
        Assert.Equal("ready", _fixture.Request().Log);
    }

    [Fact]
    public void IdleConnectionClosedByThePeer_IsDropped()
    {
        SimulatedPeer peer = Warm();
        peer.Close();
        _fixture.Run();
        Assert.Equal(0, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_remote"));
        Assert.Equal(0, _fixture.Counter("upstream_cx_destroy_with_active_rq"));
        Assert.NotNull(_fixture.Request().Pending);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 1)]
    [InlineData("x", 1)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n", 0)]
    public void BytesOnAnIdleConnection_CloseIt(string bytes, int protocolErrors)
    {
        SimulatedPeer peer = Warm();
        peer.Write(bytes);
        _fixture.Run();
        Assert.True(peer.IsClosed);
        Assert.Equal(protocolErrors, _fixture.Counter("upstream_cx_protocol_error"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_local"));
    }

    [Fact]
    public void BytesBehindTheAnswer_NeverReachAnotherRequest()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxConnections = 1 } });
        TestRequest first = _fixture.Request();
        TestRequest second = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write(Ok + "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nevil!");
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", first.Log);
        Assert.Equal("ready", second.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(1, _fixture.Counter("upstream_cx_protocol_error"));
        _server.Accept().Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", second.Log);
    }

    [Fact]
    public void PeerGoneMidAnswer_ResetsTheStream()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.ReadAll();
        peer.Write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhal");
        peer.Close();
        _fixture.Run();
        Assert.Equal("ready, 200, \"hal\", reset ConnectionTermination", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_remote_with_active_rq"));
        Assert.Equal((0, 0, 1), Requests());
    }

    [Fact]
    public void AnswerWithoutLength_EndsWithTheConnection()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.ReadAll();
        peer.Write("HTTP/1.1 200 OK\r\n\r\nall");
        peer.Close();
        _fixture.Run();
        Assert.Equal("ready, 200, \"all\", \"\" end", request.Log);
        Assert.Equal(0, _fixture.Counter("upstream_cx_destroy_with_active_rq"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_remote"));
        Assert.Equal((0, 0, 1), Requests());
    }

    [Fact]
    public void ConnectionClose_ClosesAfterTheAnswer()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        _fixture.Run();
        Assert.Equal("ready, 204 end", request.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(1, _fixture.Counter("upstream_cx_close_notify"));
        Assert.Equal(0, _fixture.Counter("upstream_cx_destroy_with_active_rq"));
    }

    [Fact]
    public void Garbage_ResetsAndCountsAProtocolError()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        _server.Accept().Write("SSH-2.0-OpenSSH\r\n\r\n");
        _fixture.Run();
        Assert.Equal("ready, reset ProtocolError", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_protocol_error"));
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_local_with_active_rq"));
        Assert.Equal((0, 0, 1), Requests());
    }

    [Fact]
    public void StreamResetByItsOwner_ClosesTheConnection()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        request.Encoder!.Stream.Reset(StreamResetReason.LocalReset);
        _fixture.Run();
        Assert.Equal("ready", request.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_local_with_active_rq"));
        Assert.Equal(0, _fixture.Counter("upstream_cx_close_notify"));
        Assert.Equal((0, 0, 1), Requests());
    }

    [Fact]
    public void IdleTimeout_ClosesTheOldOnesOnly()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { Http = new UpstreamHttpConfig { IdleTimeout = TimeSpan.FromSeconds(10) } });
        _fixture.Request();
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer old = _server.Accept();
        SimulatedPeer young = _server.Accept();
        old.Write(Ok);
        _fixture.Run();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(6));
        young.Write(Ok);
        _fixture.Run();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        Assert.True(old.IsClosed);
        Assert.False(young.IsClosed);
        Assert.Equal(1, _fixture.Counter("upstream_cx_idle_timeout"));
        _fixture.Loop.Advance(TimeSpan.FromSeconds(6));
        Assert.True(young.IsClosed);
        Assert.Equal(2, _fixture.Counter("upstream_cx_idle_timeout"));
    }

    [Fact]
    public void BusyConnection_IsNotIdle()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { Http = new UpstreamHttpConfig { IdleTimeout = TimeSpan.FromSeconds(10) } });
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(60));
        Assert.False(peer.IsClosed);
        peer.Write(Ok);
        _fixture.Run();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(9));
        Assert.False(peer.IsClosed);
        _fixture.Loop.Advance(TimeSpan.FromSeconds(2));
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void MaxRequestsPerConnection_ClosesAfterTheLast()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { Http = new UpstreamHttpConfig { MaxRequestsPerConnection = 2 } });
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready", _fixture.Request().Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_max_requests"));
        peer.Write(Ok);
        _fixture.Run();
        Assert.True(peer.IsClosed);
        Assert.Equal(0, _fixture.Counter("upstream_cx_destroy_with_active_rq"));
    }

    [Fact]
    public void MaxConnectionDuration_ClosesIdleAtOnceAndBusyAfterItsAnswer()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { Http = new UpstreamHttpConfig { MaxConnectionDuration = TimeSpan.FromSeconds(5) } });
        _fixture.Request();
        TestRequest slow = _fixture.Request();
        _fixture.Run();
        SimulatedPeer idle = _server.Accept();
        SimulatedPeer busy = _server.Accept();
        idle.Write(Ok);
        _fixture.Loop.Advance(TimeSpan.FromSeconds(6));
        Assert.True(idle.IsClosed);
        Assert.False(busy.IsClosed);
        Assert.Equal(2, _fixture.Counter("upstream_cx_max_duration_reached"));
        busy.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", slow.Log);
        Assert.True(busy.IsClosed);
    }

    [Fact]
    public void FreshConnectionAsked_IsNotServedByAReusedOne()
    {
        SimulatedPeer reused = Warm();
        TestRequest fresh = _fixture.Request(fresh: true);
        Assert.NotNull(fresh.Pending);
        _fixture.Run();
        Assert.Equal("ready", fresh.Log);
        Assert.False(fresh.WasReused);
        Assert.Equal(0, reused.Available);
        Assert.True(_server.Accept().Available > 0);
    }

    [Fact]
    public void HostRemoved_ClosesIdleAtOnceAndBusyAfterItsAnswer()
    {
        SimulatedPeer idle = Warm();
        Host host = _fixture.Choose()!;
        TestRequest first = _fixture.Request(host);
        TestRequest second = _fixture.Request(host);
        _fixture.Run();
        SimulatedPeer busy = _server.Accept();
        idle.Write(Ok);
        _fixture.Run();
        _fixture.Add(UpstreamFixture.Static("10.0.0.2:80"));
        Assert.True(idle.IsClosed);
        Assert.False(busy.IsClosed);
        busy.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", first.Log);
        Assert.Equal("ready, 200, \"hi\" end", second.Log);
        Assert.True(busy.IsClosed);
        Assert.Equal("10.0.0.2:80", _fixture.Choose()!.ToString());
    }

    [Fact]
    public void ClusterRemovedWhileARequestWaits_StillServesIt()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Loop.Network.Latency = TimeSpan.FromMilliseconds(10);
        TestRequest request = _fixture.Request();
        _fixture.Manager.Remove("c");
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Null(_fixture.Cluster);
        SimulatedPeer peer = _server.Accept();
        peer.Write(Ok);
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal("ready, 200, \"hi\" end", request.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(0, _fixture.Loop.Network.OpenDescriptors);
        Assert.Null(_fixture.Stats.FindCounter("cluster.c.upstream_cx_total"));
    }

    [Fact]
    public void UpstreamThatDoesNotRead_PausesTheRequest()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 1000;
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { PerConnectionBufferLimit = 4000 });
        TestRequest request = new TestRequest(_fixture.Workers[0]).WithOpenBody();
        request.Start(_fixture.Cluster.HttpPool(_fixture.Choose()!));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        request.SendBody(new string('x', 8000), endStream: false);
        _fixture.Run();
        Assert.Equal("ready, above", request.Log);
        peer.ReceiveCapacity = int.MaxValue;
        _fixture.Run();
        Assert.Equal("ready, above, below", request.Log);
    }

    [Fact]
    public void StreamThatIsReadDisabled_StopsTheSocketAndResumes()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        request.Encoder!.Stream.ReadDisable(true);
        peer.Write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        _fixture.Run();
        Assert.False(request.Connection!.IsReadEnabled);
        peer.Write("hi");
        _fixture.Run();
        request.Encoder.Stream.ReadDisable(false);
        _fixture.Run();
        Assert.Equal("ready, 200, \"hi\" end", request.Log);
        Assert.True(request.Connection.IsReadEnabled);
        Assert.Equal("ready", _fixture.Request().Log);
    }

    [Fact]
    public void ReceiverThatThrows_LosesItsStreamAndNothingElse()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest broken = _fixture.Request();
        TestRequest sound = _fixture.Request();
        broken.OnHeaders = static () => throw new InvalidOperationException("broken filter");
        _fixture.Run();
        SimulatedPeer first = _server.Accept();
        SimulatedPeer second = _server.Accept();
        first.Write(Ok);
        second.Write(Ok);
        _fixture.Run();
        Assert.Single(_fixture.Loop.Contained);
        _fixture.Loop.Contained.Clear();
        Assert.Equal("ready, reset ConnectionTermination", broken.Log);
        Assert.Equal("ready, 200, \"hi\" end", sound.Log);
        Assert.Equal((0, 0, 2), Requests());
        Assert.Equal(1, _fixture.Gauge("upstream_cx_active"));
    }

    [Fact]
    public void AnswerBeforeTheRequestIsWhole_ResetsAndCloses()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest request = new TestRequest(_fixture.Workers[0]).WithOpenBody();
        request.Start(_fixture.Cluster.HttpPool(_fixture.Choose()!));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
        _fixture.Run();
        Assert.Equal("ready, 413 end, reset Http1PrematureUpstreamHalfClose", request.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(1, _fixture.Counter("upstream_cx_destroy_local_with_active_rq"));
    }

    [Fact]
    public void PoolLimitReached_FailsUntilAPoolIsEmpty()
    {
        SimulatedServer other = _fixture.Loop.Network.Listen("10.0.0.2:80");
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address, "10.0.0.2:80") with
        {
            DefaultLimits = new CircuitBreakerConfig { MaxConnectionPools = 1 },
        });
        Host[] hosts = _fixture.Cluster.Hosts.Priorities[0].All;
        _fixture.Request(hosts[0]);
        Assert.Equal("failed Overflow", _fixture.Request(hosts[1]).Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_pool_overflow"));
        Assert.Equal(1, _fixture.Gauge("circuit_breakers.default.cx_pool_open"));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        _fixture.Run();
        Assert.Equal(0, _fixture.Gauge("circuit_breakers.default.cx_pool_open"));
        Assert.NotNull(_fixture.Request(hosts[1]).Pending);
        _fixture.Run();
        Assert.True(other.HasWaiting);
    }

    [Fact]
    public void Histograms_TellTimesAndRequests()
    {
        SimulatedPeer peer = Warm();
        _fixture.Loop.Advance(TimeSpan.FromSeconds(3));
        peer.Close();
        _fixture.Run();
        _fixture.Stats.Flush();
        Assert.Equal(1, _fixture.Stats.FindHistogram("cluster.c.upstream_cx_connect_ms")!.Cumulative.Count);
        Assert.Equal(1, _fixture.Stats.FindHistogram("cluster.c.upstream_cx_length_ms")!.Cumulative.Count);
        Assert.Equal(1, _fixture.Stats.FindHistogram("cluster.c.upstream_rq_per_cx")!.Cumulative.Count);
    }

    private SimulatedPeer Warm()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.ReadAll();
        peer.Write(Ok);
        _fixture.Run();
        return peer;
    }

    /// <summary>Requests pending now, active now, and all that were sent.</summary>
    private (long Pending, long Active, long Total) Requests() =>
    (
        _fixture.Gauge("upstream_rq_pending_active"),
        _fixture.Gauge("upstream_rq_active"),
        _fixture.Counter("upstream_rq_total"));
}
