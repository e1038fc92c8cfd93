using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Clients and upstreams that are slow in one phase or another, and the clock that ends each.</summary>
public sealed class StreamTimeoutTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void SlowHeaders_408_HeaderTimeout()
    {
        using var proxy = Start("request_headers_timeout: 1s");
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HT");
        proxy.Advance(TimeSpan.FromMilliseconds(600));
        proxy.Exchange(client, "TP/1.1\r\nHost: a\r\n");
        proxy.AssertServesOthers();
        proxy.Advance(TimeSpan.FromMilliseconds(399));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(2));
        proxy.AssertLocalReply(client.ReadText(), "408 Request Timeout", "request header timeout", closes: true);
        Assert.True(client.IsEnded);
        Assert.EndsWith("408 - request_header_timeout 0 22\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_header_timeout"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void HeadersInTime_AreNotLimitedAfterwards()
    {
        using var proxy = Start("request_headers_timeout: 1s");
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public void SlowBody_408_RequestTimeout()
    {
        using var proxy = Start("request_timeout: 2s");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        for (int i = 0; i < 3; i++)
        {
            proxy.Advance(TimeSpan.FromMilliseconds(500));
            proxy.Exchange(client, "x");
        }

        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(501));
        proxy.AssertLocalReply(client.ReadText(), "408 Request Timeout", "request timeout", closes: true);
        Assert.True(client.IsEnded);
        Assert.True(upstream.IsClosed);
        Assert.Equal("408 - request_overall_timeout 3 15\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_timeout"));
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void RequestTimeout_EndsWithTheRequest()
    {
        using var proxy = Start("request_timeout: 2s");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromSeconds(5));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.ReadText());
    }

    [Fact]
    public void NothingMovesInTheRequest_408_SI()
    {
        using var proxy = Start("stream_idle_timeout: 3s");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(2));
        proxy.Exchange(client, "x");
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(1001));
        proxy.AssertLocalReply(client.ReadText(), "408 Request Timeout", "stream timeout", closes: true);
        Assert.Equal("408 SI stream_idle_timeout 1 14\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_idle_timeout"));
        Assert.True(server.Accept().IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void NothingComesBack_504_SI_AndTheConnectionStays()
    {
        using var proxy = Start("stream_idle_timeout: 3s");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(3001));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "stream timeout");
        Assert.Equal("504 SI stream_idle_timeout 0 14\n", proxy.Log("/log"));
        Assert.True(server.Accept().IsClosed);
        Assert.False(client.IsClosed);
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Theory]
    [InlineData("", ", flush_timeout: 1s")]
    [InlineData("stream_flush_timeout: 1s", "")]
    public void FlushTimeout_LeavesHttp1Alone(string hcm, string route)
    {
        using var proxy = ProxyFixture.Http(hcm, $"- match: {{ prefix: / }}\n  route: {{ cluster: up{route} }}");
        SimulatedServer server = proxy.Serve();
        proxy.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Loop.Network.PeerReceiveCapacity = int.MaxValue;
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 5000));
        proxy.Advance(TimeSpan.FromSeconds(30));
        Assert.False(client.IsClosed);
        client.ReceiveCapacity = int.MaxValue;
        var all = new System.Text.StringBuilder();
        for (int i = 0; i < 100 && (all.Length == 0 || client.Available > 0); i++)
        {
            all.Append(client.ReadText());
            proxy.Run();
        }

        Assert.EndsWith("\r\n\r\n" + new string('x', 5000), all.ToString());
    }

    [Fact]
    public void StreamIdleTimeout_Is5MinutesByDefault()
    {
        using var proxy = Start("", "- match: { prefix: / }\n  route: { cluster: up, timeout: 0s }");
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.StartsWith("HTTP/1.1 504 ", client.ReadText());
    }

    [Theory]
    [InlineData("idle_timeout: 1s", "stream_idle_timeout: 100s", 1)]
    [InlineData("idle_timeout: 10s", "stream_idle_timeout: 1s", 10)]
    [InlineData("idle_timeout: 7s", "stream_idle_timeout: 0s", 7)]
    public void RouteIdleTimeout_ReplacesTheOneOfTheListener(string route, string hcm, int seconds)
    {
        using var proxy = Start(hcm, $"- match: {{ prefix: / }}\n  route: {{ cluster: up, timeout: 0s, {route} }}");
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        Assert.StartsWith("HTTP/1.1 504 ", client.ReadText());
        Assert.StartsWith("504 SI stream_idle_timeout ", proxy.Log("/log"));
    }

    [Theory]
    [InlineData("stream_idle_timeout: 0s", "timeout: 0s")]
    [InlineData("stream_idle_timeout: 1s", "timeout: 0s, idle_timeout: 0s")]
    public void StreamIdleTimeoutZero_IsOff(string hcm, string route)
    {
        using var proxy = Start(hcm, $"- match: {{ prefix: / }}\n  route: {{ cluster: up, {route} }}");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromHours(2));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.ReadText());
    }

    [Fact]
    public void ClientStopsReading_IsCutOffByTheStreamIdleTimeout()
    {
        using var proxy = Start("stream_idle_timeout: 3s", null, "per_connection_buffer_limit_bytes: 16384");
        SimulatedServer server = proxy.Serve();
        proxy.Loop.Network.PeerReceiveCapacity = 4096;
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Loop.Network.PeerReceiveCapacity = int.MaxValue;
        SimulatedPeer upstream = server.Accept();
        upstream.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        upstream.Write(new byte[100000]);
        proxy.Run();
        proxy.Advance(TimeSpan.FromMilliseconds(2900));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(upstream.IsClosed);
        Assert.StartsWith("200 SI stream_idle_timeout 0 ", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_tx_reset"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_active"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void MaxStreamDuration_504WhenTheRequestIsComplete()
    {
        using var proxy = Start("common_http_protocol_options: { max_stream_duration: 2s }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(2001));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "downstream duration timeout");
        Assert.Equal("504 - max_duration_timeout 0 27\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_max_duration_reached"));
        Assert.True(server.Accept().IsClosed);
    }

    [Fact]
    public void MaxStreamDuration_408WhenItIsNot_ThoughBytesMove()
    {
        using var proxy = Start("common_http_protocol_options: { max_stream_duration: 2s }");
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        proxy.Advance(TimeSpan.FromMilliseconds(1999));
        proxy.Exchange(client, "x");
        proxy.Advance(TimeSpan.FromMilliseconds(2));
        proxy.AssertLocalReply(client.ReadText(), "408 Request Timeout", "downstream duration timeout", closes: true);
    }

    [Fact]
    public void MaxStreamDuration_CutsAResponseThatHasBegun()
    {
        using var proxy = Start("common_http_protocol_options: { max_stream_duration: 2s }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
        proxy.Advance(TimeSpan.FromMilliseconds(2001));
        Assert.True(client.IsClosed);
        Assert.Equal("200 - max_duration_timeout 0 1\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_tx_reset"));
    }

    [Fact]
    public void RouteTimeout_504_UT()
    {
        using var proxy = Start("");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Advance(TimeSpan.FromMilliseconds(14999));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(2));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "upstream request timeout");
        Assert.Equal("504 UT response_timeout 0 24\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_timeout"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_504"));
        Assert.True(upstream.IsClosed);
        Assert.False(client.IsClosed);
        proxy.AssertForwardsOthers(server);
    }

    [Fact]
    public void RouteTimeout_CountsFromTheEndOfTheRequest()
    {
        using var proxy = Start("", "- match: { prefix: / }\n  route: { cluster: up, timeout: 2s }");
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, client.Available);
        proxy.Exchange(client, "x");
        proxy.Advance(TimeSpan.FromMilliseconds(2001));
        Assert.StartsWith("HTTP/1.1 504 ", client.ReadText());
    }

    [Fact]
    public void RouteTimeout_CutsAResponseThatHasBegun()
    {
        using var proxy = Start("", "- match: { prefix: / }\n  route: { cluster: up, timeout: 2s }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
        proxy.Advance(TimeSpan.FromMilliseconds(2001));
        Assert.True(client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 UT response_timeout 0 1\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.rq_reset_after_downstream_response_started"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "504 Gateway Timeout")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "408 Request Timeout")]
    public void UpstreamMaxStreamDuration_UMSDR(string request, string status)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog, cluster: """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http_protocol_options: {} }
                common_http_protocol_options: { max_stream_duration: 3s }
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, request));
        SimulatedPeer upstream = server.Accept();
        proxy.Advance(TimeSpan.FromMilliseconds(2990));
        Assert.Equal(0, client.Available);
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        string response = client.ReadText();
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", response);
        Assert.EndsWith("\r\n\r\nupstream max stream duration reached", response);
        Assert.Contains(" UMSDR upstream_max_stream_duration_reached ", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_max_duration_reached"));
        Assert.True(upstream.IsClosed);
    }

    [Fact]
    public void RouteTimeoutWhileConnecting_504_UT()
    {
        using var proxy = Start("", "- match: { prefix: / }\n  route: { cluster: up, timeout: 0.5s }");
        proxy.Loop.Network.HangConnects(ProxyFixture.Upstream);
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(501));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "upstream request timeout");
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("504 UT response_timeout 0 24\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_connect_timeout"));
    }

    private static ProxyFixture Start(string hcm, string? routes = null, string listener = "") =>
        ProxyFixture.Http(ProxyFixture.ShortLog + "\n" + hcm, routes, listener: listener);
}
