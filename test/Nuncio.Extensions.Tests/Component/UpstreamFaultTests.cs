using Nuncio.IO.Interop;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Upstreams that refuse, hang, reset or talk nonsense: answer, flag, counter and log, and that others are served.</summary>
public sealed class UpstreamFaultTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string ResetBody = "upstream connect error or disconnect/reset before headers. reset reason: ";

    [Fact]
    public void Refused_503_UF()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        string body = ResetBody + "remote connection failure, transport failure reason: delayed connect error: Connection refused";
        proxy.AssertLocalReply(proxy.Exchange(client, Get), "503 Service Unavailable", body);
        Assert.False(client.IsClosed);
        Assert.Equal(
            $"503 UF upstream_reset_before_response_started{{remote_connection_failure|delayed_connect_error:_Connection_refused}} 0 {body.Length}\n",
            proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_connect_fail"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_pending_failure_eject"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_503"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_5xx"));
        proxy.AssertForwardsOthers(proxy.Serve());
    }

    [Fact]
    public void NoAddressHere_503_UF_AtOnce()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        proxy.Loop.Network.FailConnects(ProxyFixture.Upstream, Errno.NetworkUnreachable);
        string response = proxy.Exchange(proxy.Connect(), Get);
        Assert.StartsWith("HTTP/1.1 503 ", response);
        Assert.Contains("reset reason: remote connection failure, transport failure reason: immediate connect error: Network is unreachable", response);
        Assert.StartsWith("503 UF upstream_reset_before_response_started{remote_connection_failure|immediate_connect_error:", proxy.Log("/log"));
    }

    [Fact]
    public void ConnectHangs_503_UF_AfterTheConnectTimeout()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        proxy.Loop.Network.HangConnects(ProxyFixture.Upstream);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, Get));
        proxy.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, client.Available);
        proxy.AssertServesOthers();
        proxy.Advance(TimeSpan.FromMilliseconds(2));
        string body = ResetBody + "connection timeout";
        proxy.AssertLocalReply(client.ReadText(), "503 Service Unavailable", body);
        Assert.EndsWith($"503 UF upstream_reset_before_response_started{{connection_timeout}} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_connect_timeout"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_connect_fail"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClosedBeforeHeaders_503_UC(bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        Leave(server.Accept(), byReset);
        proxy.Run();
        string body = ResetBody + "connection termination";
        proxy.AssertLocalReply(client.ReadText(), "503 Service Unavailable", body);
        Assert.Equal($"503 UC upstream_reset_before_response_started{{connection_termination}} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_destroy_remote_with_active_rq"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_rx_reset"));
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_rq_active"));
        Assert.False(client.IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClosedInsideHeaders_503_UC(bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nConte");
        Leave(upstream, byReset);
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.StartsWith("503 UC upstream_reset_before_response_started{connection_termination} ", proxy.Log("/log"));
        proxy.AssertForwardsOthers(server);
    }

    [Theory]
    [InlineData("Content-Length: 100", "abc", true)]
    [InlineData("Content-Length: 100", "abc", false)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\n", true)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\n", false)]
    public void ClosedInsideTheBody_CutsTheClientOff(string framing, string start, bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, $"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n{start}");
        Leave(upstream, byReset);
        proxy.Run();
        (string head, string body) = ProxyFixture.Split(client.ReadText());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        Assert.Equal(start, body);
        Assert.True(client.IsClosed);
        Assert.Equal("200 UC upstream_reset_after_response_started{connection_termination} 0 3\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.rq_reset_after_downstream_response_started"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_tx_reset"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_destroy_local"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void ClosedInsideTheBody_AnOldClientSeesAReset()
    {
        // To HTTP/1.0 a body without length goes until the connection ends: a clean end would make it look whole.
        using var proxy = ProxyFixture.Http("http_protocol_options: { accept_http_10: true }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        upstream.Close();
        proxy.Run();
        Assert.True(client.IsReset);
    }

    [Theory]
    [InlineData("\u0015\u0003\u0001\u0000\u0002")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]
    public void Garbage_502_UPE(string answer)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, answer);
        string body = ResetBody + "protocol error";
        proxy.AssertLocalReply(client.ReadText(), "502 Bad Gateway", body);
        Assert.Equal($"502 UPE upstream_reset_before_response_started{{protocol_error}} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_protocol_error"));
        Assert.True(upstream.IsClosed);
        Assert.False(client.IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void GarbageInsideTheBody_CutsTheClientOff()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        proxy.Exchange(upstream, "zzz\r\n");
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n", client.ReadText());
        Assert.True(client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 UPE upstream_reset_after_response_started{protocol_error} 0 3\n", proxy.Log("/log"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void InterimFlood_502_UPE()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        for (int i = 0; i < 100; i++)
        {
            upstream.Write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        }

        proxy.Run();
        Assert.StartsWith("HTTP/1.1 502 ", client.ReadText());
        Assert.StartsWith("502 UPE ", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.http1.response_flood"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void AnswerBeforeTheRequestIsComplete_IsGivenAndBothConnectionsEnd()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        (string head, string body) = ProxyFixture.Split(client.ReadText());
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", head);
        Assert.Contains("\r\nconnection: close\r\n", head);
        Assert.DoesNotContain("x-envoy-upstream-service-time", head);
        Assert.Equal("no", body);
        Assert.True(upstream.IsClosed);
        Assert.True(client.IsEnded);
        Assert.Equal("403 - via_upstream 3 2\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_response_before_rq_complete"));

        // What the client still sends is read and thrown away, so that no reset overtakes the answer.
        client.Write(new string('x', 97));
        client.EndWriting();
        proxy.Run();
        Assert.False(client.IsReset);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void AnswerBegunBeforeTheRequestIsComplete_GoesOnWithBoth()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
        SimulatedPeer upstream = server.Accept();
        string upstreamText = proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        Assert.EndsWith("ab", client.ReadText());
        proxy.Exchange(client, "def");
        Assert.EndsWith("abcdef", upstreamText + upstream.ReadText());
        proxy.Exchange(upstream, "cd");
        Assert.Equal("cd", client.ReadText());
        Assert.True(client.IsEnded);
        Assert.Equal("200 - via_upstream 6 4\n", proxy.Log("/log"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokEXTRA")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    public void MoreThanOneAnswer_IsNeverGivenToTheNextRequest(string answer)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, answer);
        string response = client.ReadText();
        Assert.DoesNotContain("evil", response);
        Assert.DoesNotContain("EXTRA", response);
        Assert.True(upstream.IsClosed);
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_protocol_error"));
        proxy.Exchange(client, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer fresh = server.Accept();
        Assert.StartsWith("GET /next ", fresh.ReadText());
        proxy.Exchange(fresh, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        Assert.EndsWith("\r\n\r\ngood", client.ReadText());
    }

    [Fact]
    public void PipelinedRequestBehindAnOverlongAnswer_GetsAConnectionOfItsOwn()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        SimulatedPeer fresh = server.Accept();
        Assert.StartsWith("GET /next ", fresh.ReadText());
        proxy.Exchange(fresh, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        string all = client.ReadText();
        Assert.EndsWith("\r\n\r\ngood", all);
        Assert.DoesNotContain("evil", all);
    }

    [Fact]
    public void BytesOnAnIdleConnection_CloseIt()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        client.ReadText();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        Assert.True(upstream.IsClosed);
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_protocol_error"));
        proxy.AssertForwardsOthers(server);
        Assert.Equal("", client.ReadText());
    }

    [Fact]
    public void UpstreamThatEndsItsSideAfterTheAnswer_IsNotUsedAgain()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        upstream.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        upstream.EndWriting();
        proxy.Run();
        Assert.EndsWith("\r\n\r\nok", client.ReadText());
        Assert.True(upstream.IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void UpstreamSaysClose_IsNotUsedAgain()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        (string head, string body) = ProxyFixture.Split(client.ReadText());
        Assert.Equal("ok", body);
        Assert.DoesNotContain("connection:", head);
        Assert.True(upstream.IsClosed);
        Assert.False(client.IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void CircuitBreakerOverflow_503_UO()
    {
        using var proxy = ProxyFixture.Http(
            ProxyFixture.ShortLog, cluster: "circuit_breakers: { thresholds: [ { max_connections: 1, max_pending_requests: 1 } ] }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer first = proxy.Connect();
        SimulatedPeer second = proxy.Connect();
        SimulatedPeer third = proxy.Connect();
        proxy.Exchange(first, Get);
        proxy.Exchange(second, Get);
        string response = proxy.Exchange(third, Get);
        string body = ResetBody + "overflow";
        proxy.AssertLocalReply(response, "503 Service Unavailable", body);
        Assert.Contains("\r\nx-envoy-overloaded: true\r\n", response);
        Assert.Equal($"503 UO upstream_reset_before_response_started{{overflow}} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_pending_overflow"));

        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        Assert.EndsWith("\r\n\r\n1", first.ReadText());
        Assert.EndsWith("\r\n\r\n2", second.ReadText());
        Assert.False(third.IsClosed);
    }

    [Fact]
    public void CircuitBreakerOverflow_WithoutEnvoyHeaders_HasNoMark()
    {
        using var proxy = ProxyFixture.Http(
            router: "suppress_envoy_headers: true",
            cluster: "circuit_breakers: { thresholds: [ { max_connections: 1, max_pending_requests: 0 } ] }");
        proxy.Serve();
        string response = proxy.Exchange(proxy.Connect(), Get);
        Assert.StartsWith("HTTP/1.1 503 ", response);
        Assert.DoesNotContain("x-envoy-", response);
    }

    [Fact]
    public void NoHost_503_UH()
    {
        string yaml = ProxyFixture.HttpYaml(ProxyFixture.ShortLog).Replace(
            "      - lb_endpoints:\n        - endpoint: { address: { socket_address: { address: 10.0.0.2, port_value: 8080 } } }", "      - lb_endpoints: []", StringComparison.Ordinal);
        using var proxy = new ProxyFixture(yaml);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, Get), "503 Service Unavailable", "no healthy upstream");
        Assert.Equal("503 UH no_healthy_upstream 0 19\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_none_healthy"));
        Assert.False(client.IsClosed);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void NoDescriptorForTheUpstream_503_UF_AndItRecovers()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        proxy.Loop.Network.DescriptorLimit = proxy.Loop.Network.OpenDescriptors;
        Assert.StartsWith("HTTP/1.1 503 ", proxy.Exchange(client, Get));
        Assert.StartsWith("503 UF upstream_reset_before_response_started{local_connection_failure|socket_creation_failure:", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_connect_fail"));
        proxy.Loop.Network.DescriptorLimit = int.MaxValue;
        proxy.Exchange(client, Get);
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.ReadText());
    }

    private static void Leave(SimulatedPeer peer, bool byReset)
    {
        if (byReset)
        {
            peer.Reset();
        }
        else
        {
            peer.ReadAll();
            peer.Close();
        }
    }
}
