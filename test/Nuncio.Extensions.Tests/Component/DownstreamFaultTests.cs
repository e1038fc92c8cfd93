using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Clients that break the protocol, vanish or stop: what they get, what is written down, and that others are served.</summary>
public sealed class DownstreamFaultTests
{
    private const string Gone = "0 DC downstream_remote_disconnect";

    [Theory]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", "400 Bad Request", "http1.codec_error")]
    [InlineData("hello, world\r\n\r\n", "400 Bad Request", "http1.codec_error")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n", "400 Bad Request", "http1.codec_error")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u0001\r\n\r\n", "400 Bad Request", "http1.invalid_characters")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "426 Upgrade Required", "low_version")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501 Not Implemented", "http1.invalid_transfer_encoding")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Bad Request", "http1.content_length_and_chunked_not_allowed")]
    public void Garbage_IsRefusedAndClosed(string bytes, string status, string details)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, bytes);
        string body = status[4..];
        proxy.AssertLocalReply(response, status, body, closes: true);
        Assert.True(client.IsEnded);
        Assert.Equal($"{status[..3]} DPE {details} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_protocol_error"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_4xx") + proxy.Counter("http.web.downstream_rq_5xx"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        proxy.AssertServesOthers();
        client.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
    }

    [Fact]
    public void GarbageBehindAGoodRequest_IsRefusedAfterItsAnswer()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\u0001\u0002\u0003\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        string both = client.ReadText();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", both);
        Assert.Contains("\r\n\r\nxHTTP/1.1 400 Bad Request\r\n", both);
        Assert.True(client.IsEnded);
        Assert.Equal("200 - via_upstream 0 1\n400 DPE http1.codec_error 0 11\n", proxy.Log("/log"));
    }

    [Fact]
    public void BadChunkInTheBody_IsRefusedAndTheUpstreamConnectionDropped()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        SimulatedPeer upstream = server.Accept();
        string response = proxy.Exchange(client, "nonsense\r\n");
        proxy.AssertLocalReply(response, "400 Bad Request", "Bad Request", closes: true);
        Assert.True(client.IsEnded);
        Assert.True(upstream.IsClosed);
        Assert.DoesNotContain("0\r\n\r\n", upstream.ReadText());
        Assert.Equal("400 DPE http1.codec_error 3 11\n", proxy.Log("/log"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void BadChunkAfterTheResponseBegan_CutsTheConnection()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        Assert.EndsWith("2\r\nok\r\n", client.ReadText());
        Assert.Equal("", proxy.Exchange(client, "nonsense\r\n"));
        Assert.True(client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 DPE http1.codec_error 3 2\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_tx_reset"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void ClientGoneMidHeaders_IsLoggedAsDisconnect()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHo");
        Assert.Equal(1, proxy.Gauge("http.web.downstream_rq_active"));
        client.Close();
        proxy.Run();
        Assert.Equal(Gone + " 0 0\n", proxy.Log("/log"));
        AssertGone(proxy);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void ClientGoneBeforeAByte_LogsNothing()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        client.Close();
        proxy.Run();
        Assert.Equal("", proxy.Log("/log"));
        Assert.Equal(0, proxy.Counter("http.web.downstream_cx_destroy_active_rq"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_destroy_remote"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClientGoneMidBody_CancelsTheUpstreamRequest(bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        SimulatedPeer upstream = server.Accept();
        Leave(client, byReset);
        proxy.Run();
        Assert.EndsWith("\r\n\r\nabc", upstream.ReadText());
        Assert.True(upstream.IsClosed);
        Assert.Equal(Gone + " 3 0\n", proxy.Log("/log"));
        AssertGone(proxy);
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_rq_active"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_tx_reset"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void ClientGoneWhileWaiting_CancelsTheUpstreamRequest()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        client.Close();
        proxy.Run();
        Assert.True(upstream.IsClosed);
        Assert.Equal(Gone + " 0 0\n", proxy.Log("/log"));
        AssertGone(proxy);
        proxy.AssertForwardsOthers(server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClientGoneMidResponse_CancelsTheUpstreamRequest(bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
        client.ReadText();
        Leave(client, byReset);
        proxy.Run();
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 DC via_upstream 0 3\n", proxy.Log("/log"));
        AssertGone(proxy);
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_2xx"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void ClientGoneWhilePoolConnects_LeavesTheConnectionForOthers()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        proxy.Loop.Network.HangConnects(ProxyFixture.Upstream);
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(1, proxy.Gauge("cluster.up.upstream_rq_pending_active"));
        client.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_rq_pending_active"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_cancelled"));
        Assert.Equal(Gone + " 0 0\n", proxy.Log("/log"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void ClientThatEndsItsSideAfterTheRequest_IsGone()
    {
        // Envoy: HTTP connections have no half-close; the end of the client's bytes is the end of the client.
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        client.EndWriting();
        proxy.Run();
        Assert.True(upstream.IsClosed);
        Assert.Equal(Gone + " 0 0\n", proxy.Log("/log"));
    }

    [Fact]
    public void TooManyHeaders_431()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\ncommon_http_protocol_options: { max_headers_count: 3 }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\n\r\n");
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204", client.ReadText());
        string response = proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n");
        proxy.AssertLocalReply(response, "431 Request Header Fields Too Large", "Request Header Fields Too Large", closes: true);
        Assert.EndsWith("431 DPE http1.too_many_headers 0 31\n", proxy.Log("/log"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void TooManyHeadersByDefault_431()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer client = proxy.Connect();
        string request = "GET /alive HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Range(0, 99).Select(i => $"h{i}: 1\r\n"));
        Assert.StartsWith("HTTP/1.1 200 ", proxy.Exchange(client, request + "\r\n"));
        Assert.StartsWith("HTTP/1.1 431 ", proxy.Exchange(client, request + "one-more: 1\r\n\r\n"));
    }

    [Fact]
    public void TooLargeHeaders_431()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\nmax_request_headers_kb: 1");
        SimulatedPeer client = proxy.Connect();
        Assert.StartsWith("HTTP/1.1 200 ", proxy.Exchange(client, $"GET /alive HTTP/1.1\r\nHost: a\r\nX: {new string('x', 900)}\r\n\r\n"));
        string response = proxy.Exchange(client, $"GET /alive HTTP/1.1\r\nHost: a\r\nX: {new string('x', 1024)}\r\n\r\n");
        proxy.AssertLocalReply(response, "431 Request Header Fields Too Large", "Request Header Fields Too Large", closes: true);
        Assert.EndsWith("431 DPE http1.headers_too_large 0 31\n", proxy.Log("/log"));
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void UnderscoreHeader_IsAllowedRejectedOrDropped()
    {
        const string Request = "GET / HTTP/1.1\r\nHost: a\r\nx_y: 1\r\n\r\n";
        using (var proxy = ProxyFixture.Http())
        {
            SimulatedServer server = proxy.Serve();
            proxy.Exchange(proxy.Connect(), Request);
            Assert.Contains("\r\nx_y: 1\r\n", server.Accept().ReadText());
        }

        using (var proxy = ProxyFixture.Http("common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }"))
        {
            SimulatedServer server = proxy.Serve();
            proxy.Exchange(proxy.Connect(), Request);
            Assert.DoesNotContain("x_y", server.Accept().ReadText());
            Assert.Equal(1, proxy.Counter("http1.dropped_headers_with_underscores"));
        }

        using (var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\ncommon_http_protocol_options: { headers_with_underscores_action: REJECT_REQUEST }"))
        {
            SimulatedPeer client = proxy.Connect();
            proxy.AssertLocalReply(proxy.Exchange(client, Request), "400 Bad Request", "Bad Request", closes: true);
            Assert.Equal("400 DPE http1.unexpected_underscore 0 11\n", proxy.Log("/log"));
            Assert.Equal(1, proxy.Counter("http1.requests_rejected_with_underscores_in_headers"));
        }
    }

    private static void Leave(SimulatedPeer client, bool byReset)
    {
        if (byReset)
        {
            client.Reset();
        }
        else
        {
            client.Close();
        }
    }

    private static void AssertGone(ProxyFixture proxy)
    {
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_destroy_remote_active_rq"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_rx_reset"));
    }
}
