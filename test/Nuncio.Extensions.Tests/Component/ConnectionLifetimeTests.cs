using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>How long a client's connection lives: idle, oldest age, most requests, drain, delayed close.</summary>
public sealed class ConnectionLifetimeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Alive = "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void IdleConnection_IsClosedAfterTheIdleTimeout()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { idle_timeout: 5s }\ndrain_timeout: 0s");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Advance(TimeSpan.FromSeconds(4));
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Advance(TimeSpan.FromSeconds(10)); // A stream is active: not idle.
        proxy.Exchange(upstream, Ok);
        Assert.EndsWith("ok", client.ReadText());
        proxy.Advance(TimeSpan.FromMilliseconds(4990));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(client.IsEnded);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_idle_timeout"));
        client.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
    }

    [Theory]
    [InlineData("idle_timeout", "", 5000)]
    [InlineData("max_connection_duration", "", 5000)]
    [InlineData("idle_timeout", "drain_timeout: 2s", 2000)]
    [InlineData("max_connection_duration", "drain_timeout: 2s", 2000)]
    public void IdleOrOldConnection_StaysForTheDrainTimeout(string limit, string hcm, int millis)
    {
        using var proxy = ProxyFixture.Http($"common_http_protocol_options: {{ {limit}: 10s }}\n{hcm}");
        SimulatedPeer client = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(client, Alive));
        proxy.Advance(TimeSpan.FromMilliseconds(10_000 + millis - 10));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(client.IsEnded);
        Assert.Equal(1, proxy.Counter($"http.web.downstream_cx_{(limit[0] == 'i' ? "idle_timeout" : "max_duration_reached")}"));
        Assert.Equal(0, proxy.Counter("http.web.downstream_cx_drain_close"));
    }

    [Theory]
    [InlineData("idle_timeout")]
    [InlineData("max_connection_duration")]
    public void RequestWithinTheDrainTimeout_IsAnsweredWithClose(string limit)
    {
        using var proxy = ProxyFixture.Http($"common_http_protocol_options: {{ {limit}: 10s }}");
        SimulatedPeer client = proxy.Connect();
        Assert.DoesNotContain("connection: close", proxy.Exchange(client, Alive));
        proxy.Advance(TimeSpan.FromSeconds(14));
        string response = proxy.Exchange(client, Alive);
        Assert.Contains("\r\nconnection: close\r\n", response);
        Assert.EndsWith("alive", response);
        Assert.True(client.IsEnded);
    }

    [Theory]
    [InlineData("idle_timeout")]
    [InlineData("max_connection_duration")]
    public void ConnectionThatNeverSaidAnything_IsClosedAtOnce(string limit)
    {
        using var proxy = ProxyFixture.Http($"common_http_protocol_options: {{ {limit}: 10s }}");
        SimulatedPeer client = proxy.Connect();
        proxy.Advance(TimeSpan.FromMilliseconds(9990));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(client.IsEnded);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active")); // Without waiting for the client.
        Assert.Equal(0, proxy.Counter("http.web.downstream_cx_http1_total"));
    }

    [Fact]
    public void IdleTimeout_IsOneHourByDefault_AndZeroIsOff()
    {
        using (var proxy = ProxyFixture.Http())
        {
            SimulatedPeer client = proxy.Connect();
            proxy.Advance(TimeSpan.FromMinutes(59));
            Assert.False(client.IsClosed);
            proxy.Advance(TimeSpan.FromMinutes(2));
            Assert.True(client.IsClosed);
        }

        using (var proxy = ProxyFixture.Http("common_http_protocol_options: { idle_timeout: 0s }"))
        {
            SimulatedPeer client = proxy.Connect();
            proxy.Advance(TimeSpan.FromHours(5));
            Assert.False(client.IsClosed);
        }
    }

    [Fact]
    public void MaxConnectionDuration_ClosesAnIdleConnection()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_connection_duration: 5s }\ndrain_timeout: 0s");
        SimulatedPeer client = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(client, Alive));
        proxy.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(client.IsEnded);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_max_duration_reached"));
    }

    [Fact]
    public void MaxConnectionDuration_LetsABusyConnectionAnswerWithClose()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_connection_duration: 5s }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromSeconds(6));
        Assert.False(client.IsClosed);
        proxy.Exchange(server.Accept(), Ok);
        string response = client.ReadText();
        Assert.Contains("\r\nconnection: close\r\n", response);
        Assert.EndsWith("ok", response);
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void MaxConnectionDuration_ClosesAfterAResponseThatHadBegun()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_connection_duration: 5s }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
        proxy.Advance(TimeSpan.FromSeconds(11)); // Five of them are the drain timeout.
        Assert.False(client.IsClosed);
        proxy.Exchange(upstream, "k");
        Assert.EndsWith("ok", client.ReadText());
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void SafeMaxConnectionDuration_WaitsForTheNextRequest()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_connection_duration: 5s }\nhttp1_safe_max_connection_duration: true");
        SimulatedPeer client = proxy.Connect();
        Assert.DoesNotContain("connection: close", proxy.Exchange(client, Alive));
        proxy.Advance(TimeSpan.FromSeconds(60));
        Assert.False(client.IsClosed);
        Assert.Equal(1, proxy.Gauge("http.web.downstream_cx_http1_soft_drain"));
        string response = proxy.Exchange(client, Alive);
        Assert.Contains("\r\nconnection: close\r\n", response);
        Assert.EndsWith("alive", response);
        Assert.True(client.IsEnded);
        client.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_http1_soft_drain"));
    }

    [Fact]
    public void MaxRequestsPerConnection_EndsItWithTheLastAnswer()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_requests_per_connection: 2 }");
        SimulatedPeer client = proxy.Connect();
        Assert.DoesNotContain("connection: close", proxy.Exchange(client, Alive));
        string last = proxy.Exchange(client, Alive + Alive);
        Assert.Contains("\r\nconnection: close\r\n", last);
        Assert.EndsWith("\r\n\r\nalive", last);
        Assert.Equal(1, last.Split("HTTP/1.1 200").Length - 1);
        Assert.True(client.IsEnded);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_max_requests_reached"));
        Assert.Equal(2, proxy.Counter("http.web.downstream_rq_total"));
    }

    [Fact]
    public void ClientSaysClose_IsHeard()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Contains("\r\nconnection: close\r\n", response);
        Assert.True(client.IsEnded);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active")); // It sends no more, so nobody waits for its end.
        Assert.Equal(0, proxy.Counter("http.web.downstream_cx_delayed_close_timeout"));
    }

    [Fact]
    public void DelayedClose_EndsWaitingForTheClient()
    {
        using var proxy = ProxyFixture.Http("delayed_close_timeout: 3s\ncommon_http_protocol_options: { max_requests_per_connection: 1 }");
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.Equal(1, proxy.Gauge("http.web.downstream_cx_active"));
        proxy.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_delayed_close_timeout"));
    }

    [Fact]
    public void DelayedCloseZero_ClosesAtOnce()
    {
        using var proxy = ProxyFixture.Http("delayed_close_timeout: 0s");
        SimulatedPeer client = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        Assert.True(client.IsEnded);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_destroy_local"));
        Assert.Equal(0, proxy.Counter("http.web.downstream_cx_destroy_active_rq"));
    }

    [Fact]
    public void Drain_ClosesIdleConnectionsAndAnswersBusyOnesWithClose()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer idle = proxy.Connect();
        SimulatedPeer busy = proxy.Connect();
        SimulatedPeer answering = proxy.Connect();
        SimulatedPeer sending = proxy.Connect();
        proxy.Run();
        proxy.Exchange(busy, Get);
        SimulatedPeer first = server.Accept();
        proxy.Exchange(answering, Get);
        SimulatedPeer second = server.Accept();
        proxy.Exchange(second, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
        proxy.Exchange(sending, "GET / HTTP/1.1\r\nHo");

        proxy.Listeners.StopListening();
        proxy.Listeners.Drain();
        proxy.Run();
        Assert.Throws<InvalidOperationException>(() => proxy.Connect());
        Assert.True(idle.IsEnded);
        Assert.False(busy.IsClosed);
        Assert.False(answering.IsClosed);
        Assert.False(sending.IsClosed);

        proxy.Exchange(first, Ok);
        Assert.Contains("\r\nconnection: close\r\n", busy.ReadText());
        Assert.True(busy.IsEnded);
        proxy.Exchange(second, "k");
        Assert.EndsWith("ok", answering.ReadText());
        Assert.True(answering.IsEnded);
        proxy.Exchange(sending, "st: a\r\n\r\n");
        proxy.Exchange(second, Ok); // The connection freed last is used first.
        Assert.Contains("\r\nconnection: close\r\n", sending.ReadText());
        Assert.True(sending.IsEnded);
        Assert.Equal(2, proxy.Counter("http.web.downstream_cx_drain_close"));
        foreach (SimulatedPeer peer in new[] { idle, busy, answering, sending })
        {
            peer.Close();
        }

        proxy.Run();
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));
    }

    [Fact]
    public void FailingHealthCheck_TellsClientsToGo_UntilItPasses()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer first = proxy.Connect();
        proxy.Listeners.SetHealthCheckFailing(true);
        Assert.Contains("\r\nconnection: close\r\n", proxy.Exchange(first, Alive));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_drain_close"));
        proxy.Listeners.SetHealthCheckFailing(false);
        Assert.DoesNotContain("connection: close", proxy.Exchange(proxy.Connect(), Alive));
    }

    [Fact]
    public void CloseConnections_EndsWhatIsInFlight()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Listeners.CloseConnections("shutdown");
        proxy.Run();
        Assert.True(client.IsClosed);
        Assert.True(server.Accept().IsClosed);
        Assert.Equal("0 - downstream_local_disconnect(shutdown) 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_destroy_local_active_rq"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
    }

    [Fact]
    public void NoDescriptorForAClient_StopsAcceptingCountsAndRecovers()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer served = proxy.Connect();
        proxy.Run();
        proxy.Loop.Network.DescriptorLimit = proxy.Loop.Network.OpenDescriptors;
        SimulatedPeer waiting = proxy.Connect();
        Assert.Equal("", proxy.Exchange(waiting, Alive));
        Assert.EndsWith("alive", proxy.Exchange(served, Alive));
        Assert.InRange(proxy.Counter("listener.10.0.0.1_10000.downstream_cx_accept_failure"), 1, 3);
        proxy.Loop.Network.DescriptorLimit = int.MaxValue;
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.EndsWith("alive", waiting.ReadText());
    }

    [Fact]
    public void AStreamThatEndsWhileTheUpstreamIsBackedUp_LeavesTheConnectionReading()
    {
        using var proxy = ProxyFixture.Http("stream_idle_timeout: 2s", cluster: "per_connection_buffer_limit_bytes: 8192");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        proxy.Loop.Network.PeerReceiveCapacity = 1024; // What the upstream's kernel takes.
        client.Write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" + new string('x', 30000));
        proxy.Run();
        Assert.Equal(1, proxy.Counter("http.web.downstream_flow_control_paused_reading_total"));
        proxy.Advance(TimeSpan.FromMilliseconds(2001));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "stream timeout");
        Assert.True(server.Accept().IsClosed);
        Assert.EndsWith("alive", proxy.Exchange(client, Alive));
    }
}
