using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Answers the proxy gives itself, byte for byte, and their rewriting by <c>local_reply_config</c>.</summary>
public sealed class LocalReplyTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void NoRoute_404_NR()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog, "- match: { prefix: /only }\n  route: { cluster: up }");
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, Get);
        proxy.AssertLocalReply(response, "404 Not Found", "");
        Assert.Equal(
            ["HTTP/1.1 404 Not Found", "date", "server: envoy", "content-length: 0"],
            ProxyFixture.Split(response).Head.TrimEnd().Split("\r\n").Select(line => line.StartsWith("date: ", StringComparison.Ordinal) ? "date" : line));
        Assert.Equal("404 NR route_not_found 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.no_route"));
        Assert.Equal(1, proxy.Counter("http.web.rq_total"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_4xx"));
        Assert.False(client.IsClosed);
    }

    [Theory]
    [InlineData("", "503 Service Unavailable")]
    [InlineData(", cluster_not_found_response_code: NOT_FOUND", "404 Not Found")]
    [InlineData(", cluster_not_found_response_code: INTERNAL_SERVER_ERROR", "500 Internal Server Error")]
    public void NoCluster_NC(string more, string status)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog, $"- match: {{ prefix: / }}\n  route: {{ cluster_header: x-cluster{more} }}");
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\nX-Cluster: nope\r\n\r\n"), status, "");
        Assert.Equal($"{status[..3]} NC cluster_not_found 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.no_cluster"));
    }

    [Fact]
    public void DirectResponse_IsAnsweredWithoutUpstream()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), "200 OK", "alive");
        Assert.Equal("200 - direct_response 0 5\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.rq_direct_response"));
        Assert.Equal(1, proxy.Counter("http.web.rq_total"));
    }

    [Fact]
    public void Redirect_HasALocationAndNoBody()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog, "- match: { prefix: / }\n  redirect: { host_redirect: b.c, https_redirect: true }");
        string response = proxy.Exchange(proxy.Connect(), "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.AssertLocalReply(response, "301 Moved Permanently", "");
        Assert.Contains("\r\nlocation: https://b.c/x?y\r\n", response);
        Assert.Equal("301 - direct_response 0 0\n", proxy.Log("/log"));
    }

    [Fact]
    public void Upgrade_403_AndClosed()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        proxy.AssertLocalReply(response, "403 Forbidden", "", closes: true);
        Assert.Equal("403 - upgrade_failed 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_ws_on_non_ws_route"));
        Assert.False(server.HasWaiting);
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void Head_GetsTheHeadersOnly()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "HEAD /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("\r\ncontent-length: 5\r\n", response);
        Assert.EndsWith("\r\n\r\n", response);
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void Grpc_GetsAStatusInTheHeaders()
    {
        using var proxy = ProxyFixture.Http();
        string response = proxy.Exchange(
            proxy.Connect(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc+proto\r\nContent-Length: 0\r\n\r\n");
        (string head, string body) = ProxyFixture.Split(response);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        Assert.Contains("\r\ncontent-type: application/grpc\r\n", head);
        Assert.Contains("\r\ngrpc-status: 14\r\n", head);
        Assert.Contains("\r\ngrpc-message: upstream connect error or disconnect/reset before headers. reset reason: remote connection failure", head);
        Assert.Equal("", body);
    }

    [Fact]
    public void RouteResponseHeaders_AreAddedToRoutersReplies()
    {
        using var proxy = ProxyFixture.Http(routes: """
            - match: { prefix: / }
              route: { cluster: up }
              response_headers_to_add: [ { header: { key: x-route, value: "1" } } ]
            """);
        Assert.Contains("\r\nx-route: 1\r\n", proxy.Exchange(proxy.Connect(), Get));
    }

    [Theory]
    [InlineData("x-envoy-upstream-rq-timeout-ms", "abc", false)]
    [InlineData("x-envoy-upstream-rq-timeout-ms", "-1", false)]
    [InlineData("x-envoy-upstream-rq-timeout-ms", "10", true)]
    [InlineData("x-envoy-max-retries", "x", false)]
    [InlineData("x-envoy-retry-on", "5xx,reset", true)]
    [InlineData("x-envoy-retry-on", "5xx,foo", false)]
    [InlineData("x-envoy-retry-grpc-on", "cancelled, internal", true)]
    [InlineData("x-envoy-retry-grpc-on", "bad", false)]
    public void StrictHeaderCheck_400_IH(string name, string value, bool passes)
    {
        using var proxy = ProxyFixture.Http(
            ProxyFixture.ShortLog + "\nuse_remote_address: true\ninternal_address_config: { cidr_ranges: [ { address_prefix: 192.0.2.0, prefix_len: 24 } ] }",
            router: $"strict_check_headers: [{name}]");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, $"GET / HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n");
        if (passes)
        {
            Assert.True(server.HasWaiting);
            return;
        }

        string body = $"invalid header '{name}' with value '{value}'";
        proxy.AssertLocalReply(response, "400 Bad Request", body, closes: true);
        Assert.Equal($"400 IH request_headers_failed_strict_check{{{name}}} 0 {body.Length}\n", proxy.Log("/log"));
        Assert.False(server.HasWaiting);
    }

    [Fact]
    public void Mapper_RewritesStatusBodyAndHeaders()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\n" + """
            local_reply_config:
              mappers:
              - filter: { status_code_filter: { comparison: { op: EQ, value: { default_value: 404, runtime_key: a } } } }
                status_code: 410
                body: { inline_string: "gone" }
                headers_to_add: [ { header: { key: x-mapped, value: "first" } } ]
              - filter: { status_code_filter: { comparison: { op: GE, value: { default_value: 400, runtime_key: b } } } }
                headers_to_add: [ { header: { key: x-mapped, value: "%RESPONSE_CODE%" } } ]
            """, "- match: { prefix: /only }\n  route: { cluster: up }");
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, Get);
        proxy.AssertLocalReply(response, "410 Gone", "gone");
        Assert.Contains("\r\nx-mapped: first\r\n", response);
        Assert.Equal("410 NR route_not_found 0 4\n", proxy.Log("/log"));

        // A mapper without a body keeps the text though it adds headers.
        response = proxy.Exchange(client, "GET /only HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("\r\nx-mapped: 503\r\n", response);
        Assert.EndsWith("\r\n\r\nupstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused", response);
    }

    [Fact]
    public void BodyFormat_AppliesToEveryReply()
    {
        using var proxy = ProxyFixture.Http("""
            local_reply_config:
              body_format: { text_format_source: { inline_string: "<%LOCAL_REPLY_BODY%|%RESPONSE_CODE%|%REQ(:path)%>" }, content_type: "text/html; charset=UTF-8" }
            """);
        SimulatedPeer client = proxy.Connect();
        (string head, string body) = ProxyFixture.Split(proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal("<alive|200|/alive>", body);
        Assert.Contains("\r\ncontent-type: text/html; charset=UTF-8\r\n", head);
        Assert.Contains($"\r\ncontent-length: {body.Length}\r\n", head);
        Assert.EndsWith("|503|/x>", proxy.Exchange(client, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.EndsWith("<Bad Request|400|->", proxy.Exchange(client, "\u0001\r\n\r\n"));
    }

    [Fact]
    public void JsonBodyFormat_OfAMapper_WinsOverTheCommonOne()
    {
        using var proxy = ProxyFixture.Http("""
            local_reply_config:
              mappers:
              - filter: { response_flag_filter: { flags: [NR] } }
                body_format_override: { json_format: { code: "%RESPONSE_CODE%", path: "%REQ(:path)%" } }
              body_format: { text_format_source: { inline_string: "common" } }
            """, "- match: { prefix: /only }\n  direct_response: { status: 201 }");
        SimulatedPeer client = proxy.Connect();
        (string head, string body) = ProxyFixture.Split(proxy.Exchange(client, "GET /\u0022 HTTP/1.1\r\nHost: a\r\n\r\n".Replace("\u0022", "q", StringComparison.Ordinal)));
        Assert.Contains("\r\ncontent-type: application/json\r\n", head);
        Assert.Contains("\"code\":404", body);
        Assert.Contains("\"path\":\"/q\"", body);
        Assert.EndsWith("\r\n\r\ncommon", proxy.Exchange(client, "GET /only HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void UpstreamResponses_AreNotMapped()
    {
        using var proxy = ProxyFixture.Http("local_reply_config: { body_format: { text_format_source: { inline_string: mapped } } }");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Exchange(server.Accept(), "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nown");
        Assert.EndsWith("\r\n\r\nown", client.ReadText());
    }

    [Fact]
    public void AccessLogOptions_LogOnNewRequestAndWhileItLasts()
    {
        using var proxy = ProxyFixture.Http("""
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%ACCESS_LOG_TYPE% %RESPONSE_CODE%\n" } }
            access_log_options: { flush_access_log_on_new_request: true, access_log_flush_interval: 1s }
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(2500));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("DownstreamStart 0\nDownstreamPeriodic 0\nDownstreamPeriodic 0\nDownstreamEnd 204\n", proxy.Log("/log"));
    }

    [Fact]
    public void UpstreamLog_IsWrittenOncePerUpstreamRequest()
    {
        using var proxy = ProxyFixture.Http(router: """
            upstream_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /up
                log_format: { text_format_source: { inline_string: "%ACCESS_LOG_TYPE% %UPSTREAM_HOST% %RESPONSE_CODE_DETAILS%\n" } }
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("", proxy.Log("/up"));
        proxy.Exchange(client, Get);
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal("UpstreamEnd 10.0.0.2:8080 via_upstream\n", proxy.Log("/up"));
    }

    [Fact]
    public void DynamicStatsOff_CountsNoCodes()
    {
        using var proxy = ProxyFixture.Http(router: "dynamic_stats: false");
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), Get);
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal(0, proxy.Counter("cluster.up.upstream_rq_204"));
        Assert.Equal(0, proxy.Counter("cluster.up.upstream_rq_completed"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_total"));
    }

    [Fact]
    public void InternalRequests_AreCountedApart()
    {
        using var proxy = ProxyFixture.Http("use_remote_address: true\ninternal_address_config: { cidr_ranges: [ { address_prefix: 192.0.2.0, prefix_len: 24 } ] }");
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), Get);
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        proxy.Exchange(proxy.Connect("8.8.8.8"), Get);
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal(1, proxy.Counter("cluster.up.internal.upstream_rq_204"));
        Assert.Equal(1, proxy.Counter("cluster.up.external.upstream_rq_204"));
        Assert.Equal(2, proxy.Counter("cluster.up.upstream_rq_204"));
    }
}
