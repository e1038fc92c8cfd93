using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Which configurations of the connection manager run, and what is said of those that do not.</summary>
public sealed class HttpConnectionManagerConfigTests
{
    [Theory]
    [InlineData("codec_type: HTTP2", "codec_type: HTTP2 is not supported by this version; expected AUTO or HTTP1")]
    [InlineData("codec_type: HTTP3", "codec_type: HTTP3 is not supported by this version; expected AUTO or HTTP1")]
    [InlineData("strip_matching_host_port: true\nstrip_any_host_port: true", "strip_any_host_port: cannot be set together with strip_matching_host_port")]
    [InlineData("scheme_header_transformation: { match_upstream: true }", "scheme_header_transformation.match_upstream: is not supported by this version")]
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
    [InlineData("upstream_log_options: {}", "upstream_log_options: is not supported by this version")]
    [InlineData("suppress_grpc_request_failure_code_stats: true", "suppress_grpc_request_failure_code_stats: is not supported by this version")]
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
}
