using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Which configurations of the connection manager run, and what is said of those that do not.</summary>
public sealed class HttpConnectionManagerConfigTests
{
    [Theory]
    [InlineData("codec_type: HTTP2", "codec_type: HTTP2 is not supported by this version; expected AUTO or HTTP1")]
    [InlineData("codec_type: HTTP3", "codec_type: HTTP3 is not supported by this version; expected AUTO or HTTP1")]
    [InlineData("strip_matching_host_port: true\nstrip_any_host_port: true", "strip_any_host_port: cannot be set together with strip_matching_host_port")]
    [InlineData("http_protocol_options: { header_key_format: { stateful_formatter: { name: x, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig } } } }", "stateful_formatter.typed_config: found envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig, which is no header formatter of this version")]
    [InlineData("http_protocol_options: { ignore_http_11_upgrade: [ { prefix: \"\" } ] }", "ignore_http_11_upgrade[0].prefix")]
    [InlineData("upgrade_configs: [ { upgrade_type: websocket } ]", "upgrade_configs")]
    [InlineData("max_request_headers_kb: 9000", "max_request_headers_kb")]
    [InlineData("request_headers_timeout: -1s", "request_headers_timeout")]
    [InlineData("internal_address_config: { cidr_ranges: [ { address_prefix: nonsense } ] }", "cidr_ranges[0].address_prefix: found \"nonsense\", expected an IPv4 or IPv6 address")]
    [InlineData("local_reply_config: { mappers: [ {} ] }", "local_reply_config.mappers[0]")]
    [InlineData("access_log_options: { access_log_flush_interval: 0.0001s }", "access_log_flush_interval")]
    [InlineData("unknown_field: 1", "unknown_field")]
    public void BadField_IsNamed(string hcm, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => ProxyFixture.Http(hcm)).Message);

    [Theory]
    [InlineData("                  stat_prefix: web\n", "", "stat_prefix")]
    [InlineData("envoy.extensions.filters.http.router.v3.Router", "envoy.extensions.filters.http.buffer.v3.Buffer\n              max_request_bytes: 1", "is the last filter and does not end the chain; expected a terminal filter such as envoy.filters.http.router")]
    [InlineData("route_config:\n            virtual_hosts:\n            - name: all\n              domains: [\"*\"]", "XX", "route_config")]
    public void MissingPart_IsNamed(string from, string to, string expected)
    {
        string yaml = ProxyFixture.HttpYaml();
        if (to == "XX")
        {
            yaml = yaml[..yaml.IndexOf("          route_config:", StringComparison.Ordinal)] + yaml[yaml.IndexOf("  clusters:\n", StringComparison.Ordinal)..];
        }
        else
        {
            string changed = yaml.Replace(from.TrimStart(), to, StringComparison.Ordinal);
            Assert.NotEqual(yaml, changed);
            yaml = changed;
        }

        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => new ProxyFixture(yaml)).Message);
    }

    [Fact]
    public void RouterInTheMiddle_IsRefused()
    {
        const string Router = """
            - name: early
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }

            """;
        Assert.Contains(
            "\"early\" ends the chain, so nothing may follow it",
            Assert.Throws<InvalidOperationException>(() => ProxyFixture.Http(filters: Router)).Message);
    }

    [Theory]
    [InlineData("upstream_log_options: { upstream_log_flush_interval: 0.0001s }", "upstream_log_options.upstream_log_flush_interval")]
    [InlineData("start_child_span: true", "start_child_span")]
    [InlineData("strict_check_headers: [x-other]", "strict_check_headers")]
    public void BadRouterField_IsNamed(string router, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => ProxyFixture.Http(router: router)).Message);

    [Theory]
    [InlineData("codec_type: AUTO")]
    [InlineData("codec_type: HTTP1")]
    [InlineData("request_id_extension: { typed_config: { \"@type\": type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig, pack_trace_reason: false } }")]
    public void GoodField_Runs(string hcm)
    {
        using var proxy = ProxyFixture.Http(hcm);
        proxy.AssertServesOthers();
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_http1_total"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_http1_total"));
    }

    [Theory]
    [InlineData(9, "", 10, "431")]
    [InlineData(9, "", 9, "200")]
    [InlineData(200, "", 150, "200")]
    [InlineData(9, "common_http_protocol_options: { max_headers_count: 20 }", 15, "200")]
    public void RuntimeKey_IsTheDefaultOfMaxHeadersCount(int key, string hcm, int headers, string status)
    {
        using var proxy = ProxyFixture.Http(hcm, runtime: new() { ["envoy.reloadable_features.max_request_headers_count"] = key });
        string fields = string.Concat(Enumerable.Range(1, headers - 1).Select(i => $"x-{i}: 1\r\n"));
        Assert.StartsWith($"HTTP/1.1 {status} ", proxy.Exchange(proxy.Connect(), $"GET /alive HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
    }

    [Theory]
    [InlineData(100, "", "/alive")]
    [InlineData(0, "", "/x/../alive")]
    [InlineData(100, "normalize_path: false", "/x/../alive")]
    [InlineData(0, "normalize_path: true", "/alive")]
    public void RuntimeKey_IsTheDefaultOfNormalizePath(int key, string hcm, string expected)
    {
        using var proxy = ProxyFixture.Http(
            hcm, "- match: { prefix: / }\n  route: { cluster: up }", runtime: new() { ["http_connection_manager.normalize_path"] = key });
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET /x/../alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", server.Accept().ReadText());
    }

    [Fact]
    public void StatPrefix_NamesTheStatistics()
    {
        using var proxy = new ProxyFixture(ProxyFixture.HttpYaml().Replace("stat_prefix: web", "stat_prefix: other", StringComparison.Ordinal));
        proxy.AssertServesOthers();
        Assert.Equal(1, proxy.Counter("http.other.downstream_rq_total"));
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.http.other.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.http.other.downstream_rq_completed"));
    }

    [Fact]
    public void Bytes_AreCounted()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer client = proxy.Connect();
        const string Request = "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n";
        string response = proxy.Exchange(client, Request);
        Assert.Equal(Request.Length, proxy.Counter("http.web.downstream_cx_rx_bytes_total"));
        Assert.Equal(response.Length, proxy.Counter("http.web.downstream_cx_tx_bytes_total"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_rx_bytes_buffered"));
    }

    [Fact]
    public void OptionalFilterOfUnknownType_IsLeftOut()
    {
        using ProxyFixture proxy = ProxyFixture.Http(
            filters: """
                - name: mine
                  is_optional: true
                  typed_config:
                    "@type": type.googleapis.com/com.example.Mine
                    anything: [1, 2]
                """,
            routes: "- { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: ok } } }");

        Assert.EndsWith("ok", proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nhost: a\r\n\r\n"), StringComparison.Ordinal);
    }
}
