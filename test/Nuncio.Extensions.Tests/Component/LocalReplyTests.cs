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

    [Theory]
    [InlineData(400, 13)]
    [InlineData(401, 16)]
    [InlineData(403, 7)]
    [InlineData(404, 12)]
    [InlineData(408, 2)]
    [InlineData(413, 2)]
    [InlineData(429, 14)]
    [InlineData(431, 2)]
    [InlineData(500, 2)]
    [InlineData(501, 2)]
    [InlineData(502, 14)]
    [InlineData(503, 14)]
    [InlineData(504, 14)]
    [InlineData(200, 2)]
    public void Grpc_StatusFollowsFromTheHttpStatus(int http, int grpc)
    {
        using var proxy = ProxyFixture.Http(routes: $$"""
            - match: { prefix: / }
              direct_response: { status: {{http}}, body: { inline_string: "50% \u00e9\n~" } }
            """);
        (string head, string body) = ProxyFixture.Split(proxy.Exchange(
            proxy.Connect(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        Assert.Contains($"\r\ngrpc-status: {grpc}\r\n", head);
        Assert.Contains("\r\ngrpc-message: 50%25 %C3%A9%0A~\r\n", head);
        Assert.Equal("", body);
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+json", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpc;charset=x", false)]
    [InlineData("application/json", false)]
    public void Grpc_IsToldByTheContentType(string type, bool isGrpc)
    {
        using var proxy = ProxyFixture.Http(routes: "- match: { prefix: / }\n  direct_response: { status: 404 }");
        string response = proxy.Exchange(
            proxy.Connect(), $"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith(isGrpc ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 404 Not Found\r\n", response);
        Assert.Equal(isGrpc, response.Contains("grpc-status: 12", StringComparison.Ordinal));
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

    [Theory]
    [InlineData("access_log_options: { flush_access_log_on_new_request: true, access_log_flush_interval: 1s }", true, true)]
    [InlineData("access_log_options: { flush_access_log_on_new_request: true }", true, false)]
    [InlineData("access_log_options: { access_log_flush_interval: 1s }", false, true)]
    [InlineData("flush_access_log_on_new_request: true\naccess_log_flush_interval: 1s", true, true)] // As it was said before.
    [InlineData("access_log_options: { flush_log_on_tunnel_successfully_established: true }", false, false)]
    [InlineData("", false, false)]
    public void AccessLogOptions_LogOnNewRequestAndWhileItLasts(string options, bool start, bool periodic)
    {
        using var proxy = ProxyFixture.Http(options + "\n" + """
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%ACCESS_LOG_TYPE% %RESPONSE_CODE%\n" } }
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(2500));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(5));
        string expected = (start ? "DownstreamStart 0\n" : "") + (periodic ? "DownstreamPeriodic 0\nDownstreamPeriodic 0\n" : "") + "DownstreamEnd 204\n";
        Assert.Equal(expected, proxy.Log("/log"));
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
    public void UpstreamLogOptions_LogWhenItHasItsConnectionAndWhileItLasts()
    {
        using var proxy = ProxyFixture.Http(router: """
            upstream_log_options: { flush_upstream_log_on_upstream_stream: true, upstream_log_flush_interval: 1s }
            upstream_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /up
                log_format: { text_format_source: { inline_string: "%ACCESS_LOG_TYPE% %UPSTREAM_HOST% %RESPONSE_CODE%\n" } }
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(client, Get);
        proxy.Advance(TimeSpan.FromMilliseconds(2500));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            "UpstreamPoolReady 10.0.0.2:8080 0\nUpstreamPeriodic 10.0.0.2:8080 0\nUpstreamPeriodic 10.0.0.2:8080 0\nUpstreamEnd 10.0.0.2:8080 204\n",
            proxy.Log("/up"));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("suppress_grpc_request_failure_code_stats: true", 0, 1)]
    public void GrpcResponses_AreCountedByCodeUnlessSuppressed(string router, int codes, int completed)
    {
        using var proxy = ProxyFixture.Http(router: router);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n");
        proxy.Exchange(server.Accept(), "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(codes, proxy.Counter("cluster.up.upstream_rq_503"));
        Assert.Equal(codes, proxy.Counter("cluster.up.upstream_rq_5xx"));
        Assert.Equal(completed, proxy.Counter("cluster.up.upstream_rq_completed"));
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
