using System.Text.RegularExpressions;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What the connection manager adds to a request, and what it takes away, before the upstream sees it.</summary>
public sealed class RequestHeaderTests
{
    private const string Internal = "\ninternal_address_config: { cidr_ranges: [ { address_prefix: 192.0.2.0, prefix_len: 24 }, { address_prefix: 10.0.0.0, prefix_len: 8 } ] }";

    [Theory]
    [InlineData("", "", null)]
    [InlineData("", "X-Forwarded-For: 1.1.1.1\r\n", "1.1.1.1")]
    [InlineData("use_remote_address: true", "", "192.0.2.7")]
    [InlineData("use_remote_address: true", "X-Forwarded-For: 1.1.1.1\r\n", "1.1.1.1,192.0.2.7")]
    [InlineData("use_remote_address: true", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n", "1.1.1.1,2.2.2.2,192.0.2.7")]
    [InlineData("use_remote_address: true\nskip_xff_append: true", "X-Forwarded-For: 1.1.1.1\r\n", "1.1.1.1")]
    [InlineData("use_remote_address: true\nskip_xff_append: true", "", null)]
    public void ForwardedFor_IsAppendedWhereWeAreTheEdge(string hcm, string headers, string? expected) =>
        Assert.Equal(expected, Value(Send(hcm, headers), "x-forwarded-for"));

    [Fact]
    public void ForwardedFor_OfALoopbackPeer_IsOurOwnAddress() =>
        Assert.Equal("127.0.0.1", Value(Send("use_remote_address: true", "", from: "127.0.0.1"), "x-forwarded-for"));

    [Theory]
    [InlineData("", "", "192.0.2.7")]
    [InlineData("", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "2.2.2.2")]
    [InlineData("", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n", "2.2.2.2")]
    [InlineData("", "X-Forwarded-For: nonsense\r\n", "192.0.2.7")]
    [InlineData("xff_num_trusted_hops: 1", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "1.1.1.1")]
    [InlineData("xff_num_trusted_hops: 2", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "192.0.2.7")]
    [InlineData("use_remote_address: true", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "192.0.2.7")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 1", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "2.2.2.2")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 2", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "1.1.1.1")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 3", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n", "192.0.2.7")]
    public void TrustedClientAddress_IsTakenFromTheRight(string hcm, string headers, string expected)
    {
        const string Log = """
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%\n" } }
            """;
        using var proxy = ProxyFixture.Http(Log + "\n" + hcm);
        proxy.Exchange(proxy.Connect(), $"GET /alive HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        Assert.Equal(expected + " 192.0.2.7\n", proxy.Log("/log"));
    }

    [Theory]
    [InlineData("use_remote_address: true", "", "192.0.2.7")]
    [InlineData("use_remote_address: true", "X-Envoy-External-Address: 6.6.6.6\r\n", "192.0.2.7")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 1", "X-Forwarded-For: 9.9.9.9\r\n", "9.9.9.9")]
    [InlineData("use_remote_address: true" + Internal, "", null)]
    [InlineData("", "", null)]
    public void ExternalAddress_IsSetAtTheEdgeOnly(string hcm, string headers, string? expected) =>
        Assert.Equal(expected, Value(Send(hcm, headers), "x-envoy-external-address"));

    [Theory]
    [InlineData("", "", null)]
    [InlineData("use_remote_address: true", "", null)]
    [InlineData("use_remote_address: true", "X-Envoy-Internal: true\r\n", null)]
    [InlineData("use_remote_address: true" + Internal, "", "true")]
    [InlineData("use_remote_address: true" + Internal, "X-Forwarded-For: 10.1.1.1\r\n", null)]
    [InlineData(Internal, "X-Forwarded-For: 10.1.1.1\r\n", "true")]
    [InlineData(Internal, "X-Forwarded-For: 8.8.8.8\r\n", null)]
    [InlineData(Internal, "X-Forwarded-For: 8.8.8.8, 10.1.1.1\r\n", null)]
    [InlineData(Internal, "X-Forwarded-For: 8.8.8.8\r\nX-Forwarded-For: 10.1.1.1\r\n", null)]
    [InlineData(Internal, "", null)]
    public void Internal_IsOnlyWhoComesStraightFromAnInternalAddress(string hcm, string headers, string? expected) =>
        Assert.Equal(expected, Value(Send(hcm, headers), "x-envoy-internal"));

    [Theory]
    [InlineData("x-envoy-retry-on: 5xx")]
    [InlineData("x-envoy-retry-grpc-on: cancelled")]
    [InlineData("x-envoy-max-retries: 1")]
    [InlineData("x-envoy-retriable-status-codes: 503")]
    [InlineData("x-envoy-retriable-header-names: a")]
    [InlineData("x-envoy-upstream-alt-stat-name: a")]
    [InlineData("x-envoy-upstream-rq-per-try-timeout-ms: 1")]
    [InlineData("x-envoy-upstream-rq-timeout-alt-response: 1")]
    [InlineData("x-envoy-force-trace: 1")]
    [InlineData("x-envoy-ip-tags: a")]
    [InlineData("x-envoy-original-url: a")]
    [InlineData("x-envoy-hedge-on-per-try-timeout: true")]
    public void ControlHeaders_AreTakenFromExternalRequests(string header)
    {
        string name = header[..header.IndexOf(':', StringComparison.Ordinal)];
        Assert.Null(Value(Send("", header + "\r\n"), name));
        Assert.Null(Value(Send("use_remote_address: true", header + "\r\n"), name));
        Assert.Equal(header[(name.Length + 2)..], Value(Send("use_remote_address: true" + Internal, header + "\r\n"), name));
    }

    [Theory]
    [InlineData("x-envoy-decorator-operation")]
    [InlineData("x-envoy-downstream-service-cluster")]
    [InlineData("x-envoy-downstream-service-node")]
    [InlineData("x-envoy-original-path")]
    [InlineData("x-envoy-original-host")]
    public void ControlHeaders_OfTheEdge_AreTakenAtTheEdge(string name)
    {
        Assert.Null(Value(Send("use_remote_address: true", name + ": v\r\n"), name));
        Assert.Equal("v", Value(Send("", name + ": v\r\n"), name));
        Assert.Equal("v", Value(Send("use_remote_address: true" + Internal, name + ": v\r\n"), name));
    }

    [Fact]
    public void InternalOnlyHeaders_AreTakenFromExternalRequests()
    {
        string Sent(string hcm)
        {
            string yaml = ProxyFixture.HttpYaml(hcm).Replace("route_config:\n", "route_config:\n            internal_only_headers: [x-secret]\n", StringComparison.Ordinal);
            using var proxy = new ProxyFixture(yaml);
            SimulatedServer server = proxy.Serve();
            proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\nX-Secret: 1\r\n\r\n");
            return server.Accept().ReadText();
        }

        Assert.Null(Value(Sent("use_remote_address: true"), "x-secret"));
        Assert.Equal("1", Value(Sent("use_remote_address: true" + Internal), "x-secret"));
    }

    [Fact]
    public void TimeoutHeader_IsHonouredFromInternalRequestsOnly()
    {
        const string Header = "x-envoy-upstream-rq-timeout-ms: 77\r\n";
        Assert.Equal("15000", Value(Send("use_remote_address: true", Header), "x-envoy-expected-rq-timeout-ms"));
        string trusted = Send("use_remote_address: true" + Internal, Header);
        Assert.Equal("77", Value(trusted, "x-envoy-expected-rq-timeout-ms"));
        Assert.Null(Value(trusted, "x-envoy-upstream-rq-timeout-ms"));
    }

    [Theory]
    [InlineData("Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\n", "connection")]
    [InlineData("Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n", "keep-alive")]
    [InlineData("Proxy-Connection: keep-alive\r\n", "proxy-connection")]
    [InlineData("Connection: TE\r\nTE: gzip\r\n", "te")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "upgrade")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "http2-settings")]
    [InlineData("Upgrade: websocket\r\n", "upgrade")]
    [InlineData("X-Envoy-Internal: true\r\n", "x-envoy-internal")]
    [InlineData("Referer: http://a/\r\nReferer: http://b/\r\n", "referer")]
    [InlineData("Referer: nonsense\r\n", "referer")]
    [InlineData("Referer: javascript:alert(1)\r\n", "referer")]
    public void HopByHopAndUntrustworthyHeaders_AreRemoved(string headers, string name) => Assert.Null(Value(Send("", headers), name));

    [Theory]
    [InlineData("TE: gzip, trailers\r\n", "te", "trailers")]
    [InlineData("Referer: https://a/b?c\r\n", "referer", "https://a/b?c")]
    [InlineData("X-Custom: kept\r\n", "x-custom", "kept")]
    public void OtherHeaders_Stay(string headers, string name, string value) => Assert.Equal(value, Value(Send("", headers), name));

    [Theory]
    [InlineData("", "", "http")]
    [InlineData("", "X-Forwarded-Proto: https\r\n", "https")]
    [InlineData("use_remote_address: true", "X-Forwarded-Proto: https\r\n", "http")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 1", "X-Forwarded-Proto: https\r\n", "https")]
    [InlineData("use_remote_address: true\nxff_num_trusted_hops: 1", "", "http")]
    [InlineData("scheme_header_transformation: { scheme_to_overwrite: https }", "", "https")]
    public void ForwardedProto_IsOursUnlessTheHopIsTrusted(string hcm, string headers, string expected) =>
        Assert.Equal(expected, Value(Send(hcm, headers), "x-forwarded-proto"));

    [Theory]
    [InlineData("", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http")]
    [InlineData("", "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n", "https")]
    [InlineData("", "GET http://a/ HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n", "http")]
    [InlineData("scheme_header_transformation: { match_upstream: true }", "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n", "http")]
    [InlineData("scheme_header_transformation: { match_upstream: true, scheme_to_overwrite: https }", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "https")]
    [InlineData("scheme_header_transformation: { scheme_to_overwrite: https }", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "https")]
    public void Scheme_ComesFromTheUrlOrTheForwardedProto(string hcm, string request, string expected)
    {
        using var proxy = ProxyFixture.Http(hcm, router: "", cluster: """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http_protocol_options: { send_fully_qualified_url: true } }
            """);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), request);
        Assert.StartsWith($"GET {expected}://a/ HTTP/1.1\r\n", server.Accept().ReadText());
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("append_x_forwarded_port: true", "", "10000")]
    [InlineData("append_x_forwarded_port: true", "X-Forwarded-Port: 5\r\n", "5")]
    [InlineData("append_x_forwarded_port: true\nuse_remote_address: true", "X-Forwarded-Port: 5\r\n", "10000")]
    [InlineData("append_x_forwarded_port: true\nuse_remote_address: true\nxff_num_trusted_hops: 1", "X-Forwarded-Port: 5\r\n", "5")]
    public void ForwardedPort_IsTheListeners(string hcm, string headers, string? expected) =>
        Assert.Equal(expected, Value(Send(hcm, headers), "x-forwarded-port"));

    [Theory]
    [InlineData("", "", null)]
    [InlineData("via: nuncio", "", "nuncio")]
    [InlineData("via: nuncio", "Via: 1.1 a\r\n", "1.1 a, nuncio")]
    public void Via_IsAppended(string hcm, string headers, string? expected) => Assert.Equal(expected, Value(Send(hcm, headers), "via"));

    [Theory]
    [InlineData("internal_address_config: { unix_sockets: true }", "true")]
    [InlineData("internal_address_config: { unix_sockets: false }", null)]
    [InlineData("", null)]
    public void UnixSocketClient_IsInternalWhenSaid(string hcm, string? expected)
    {
        using var proxy = new ProxyFixture(ProxyFixture.HttpYaml("use_remote_address: true\n" + hcm).Replace(
            "socket_address: { address: 10.0.0.1, port_value: 10000 }", "pipe: { path: /run/web }", StringComparison.Ordinal));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Loop.Network.Connect(IO.Sockets.NetworkAddress.FromPipe("/run/web"));
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(expected, Value(server.Accept().ReadText(), "x-envoy-internal"));
    }

    [Theory]
    [InlineData("", "X-Envoy-Expected-Rq-Timeout-Ms: 3000\r\n", 15000)]
    [InlineData("respect_expected_rq_timeout: true", "X-Envoy-Expected-Rq-Timeout-Ms: 3000\r\n", 3000)]
    [InlineData("respect_expected_rq_timeout: true", "X-Envoy-Expected-Rq-Timeout-Ms: 3000\r\nX-Envoy-Upstream-Rq-Timeout-Ms: 1000\r\n", 3000)]
    [InlineData("respect_expected_rq_timeout: true", "X-Envoy-Upstream-Rq-Timeout-Ms: 1000\r\n", 1000)]
    [InlineData("respect_expected_rq_timeout: true", "X-Envoy-Expected-Rq-Timeout-Ms: soon\r\n", 15000)]
    public void ExpectedTimeout_IsTheTimeoutWhereRespected(string router, string headers, int millis)
    {
        using var proxy = ProxyFixture.Http("internal_address_config: { cidr_ranges: [ { address_prefix: 192.0.2.0, prefix_len: 24 } ] }\nuse_remote_address: true", router: router);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, $"GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        Assert.Contains($"\r\nx-envoy-expected-rq-timeout-ms: {millis}\r\n", server.Accept().ReadText());
        proxy.Advance(TimeSpan.FromMilliseconds(millis - 10));
        Assert.Equal("", client.ReadText());
        proxy.Advance(TimeSpan.FromMilliseconds(20));
        proxy.AssertLocalReply(client.ReadText(), "504 Gateway Timeout", "upstream request timeout");
    }

    [Fact]
    public void RequestId_IsARandomUuidOfVersion4()
    {
        string? id = Value(Send("", ""), "x-request-id");
        Assert.Matches(new Regex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"), id);
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.NotEqual(Value(server.Accept().ReadText(), "x-request-id"), Value(server.Accept().ReadText(), "x-request-id"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("use_remote_address: true", false)]
    [InlineData("use_remote_address: true\npreserve_external_request_id: true", true)]
    [InlineData("use_remote_address: true" + Internal, true)]
    [InlineData("use_remote_address: true\ngenerate_request_id: false", true)]
    public void RequestIdOfTheClient_IsKeptWhereItIsTrusted(string hcm, bool kept) =>
        Assert.Equal(kept, Value(Send(hcm, "X-Request-Id: mine\r\n"), "x-request-id") == "mine");

    [Fact]
    public void RequestId_CanBeLeftOut() => Assert.Null(Value(Send("generate_request_id: false", ""), "x-request-id"));

    [Fact]
    public void AddUserAgent_TellsOurCluster()
    {
        string plain = Send("add_user_agent: true", "");
        Assert.Equal("front", Value(plain, "user-agent"));
        Assert.Equal("front", Value(plain, "x-envoy-downstream-service-cluster"));
        Assert.Equal("node-1", Value(plain, "x-envoy-downstream-service-node"));
        string own = Send("add_user_agent: true", "User-Agent: mine\r\n");
        Assert.Equal("mine", Value(own, "user-agent"));
        Assert.Equal("front", Value(own, "x-envoy-downstream-service-cluster"));
        Assert.Null(Value(Send("", ""), "user-agent"));
    }

    private static string Send(string hcm, string headers, string from = "192.0.2.7")
    {
        if (hcm.StartsWith('\n'))
        {
            hcm = hcm[1..];
        }

        using var proxy = ProxyFixture.Http(hcm);
        SimulatedServer server = proxy.Serve();
        Assert.Equal("", proxy.Exchange(proxy.Connect(from), $"GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n"));
        return server.Accept().ReadText();
    }

    private static string? Value(string message, string name)
    {
        MatchCollection found = Regex.Matches(message, $"\r\n{name}: ([^\r]*)\r\n");
        Assert.True(found.Count <= 1, $"more than one {name} in {message}");
        return found.Count == 0 ? null : found[0].Groups[1].Value;
    }

    [Theory]
    [InlineData("10000", "https")]
    [InlineData("10001", "http")]
    public void ForwardProtoConfig_TakesTheSchemeFromThePort(string port, string expected)
    {
        using var proxy = ProxyFixture.Http(hcm: $"forward_proto_config: {{ https_destination_ports: [{port}] }}");
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains($"\r\nx-forwarded-proto: {expected}\r\n", server.Accept().ReadText());
    }
}
