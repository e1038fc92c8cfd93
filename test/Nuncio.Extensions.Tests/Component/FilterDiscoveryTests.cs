using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Network and HTTP filters whose configuration comes from a file that changes while the proxy runs.</summary>
public sealed class FilterDiscoveryTests
{
    private const string Echo = "envoy.extensions.filters.network.echo.v3.Echo";
    private const string Direct = "envoy.extensions.filters.network.direct_response.v3.Config";
    private const string SniCluster = "envoy.extensions.filters.network.sni_cluster.v3.SniCluster";
    private const string Hcm = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private const string Buffer = "envoy.extensions.filters.http.buffer.v3.Buffer";
    private const string Router = "envoy.extensions.filters.http.router.v3.Router";
    private const string NetworkStats = "extension_config_discovery.network_filter.end.";

    [Fact]
    public void NetworkFilter_IsFollowed_ConnectionsKeepTheirs()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("end", Echo));
        using var proxy = new ProxyFixture(Network(file));
        SimulatedPeer first = proxy.Connect();
        Assert.Equal("a", proxy.Exchange(first, "a"));

        file.Replace(proxy, DiscoveryFile.Holding("end", Direct, "response: { inline_string: direct }"));
        Assert.Equal("direct", proxy.Exchange(proxy.Connect(), ""));
        Assert.Equal("b", proxy.Exchange(first, "b"));
        Assert.Equal(2, proxy.Counter(NetworkStats + "config_reload"));
    }

    [Fact]
    public void NetworkFilterWithoutConfig_ClosesAndCounts()
    {
        using var file = new DiscoveryFile("resources: []");
        using var proxy = new ProxyFixture(Network(file));
        SimulatedPeer early = proxy.Connect();
        proxy.Run();
        Assert.True(early.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.network_extension_config_missing"));
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));

        file.Replace(proxy, DiscoveryFile.Holding("end", Echo));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Fact]
    public void ConfigThatDoesNotEndTheChain_IsRefused()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("end", Echo));
        using var proxy = new ProxyFixture(Network(file));
        file.Replace(proxy, DiscoveryFile.Holding("end", SniCluster));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Contains("does not end the chain", Assert.Single(proxy.ExtensionConfigLog.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void HttpFilter_IsFollowed()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("limit", Buffer, "max_request_bytes: 100"));
        using ProxyFixture proxy = ProxyFixture.Http(filters: HttpFilter("limit", file, Buffer));
        SimulatedPeer client = proxy.Connect();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", proxy.Exchange(client, Post(10)));
        file.Replace(proxy, DiscoveryFile.Holding("limit", Buffer, "max_request_bytes: 5"));
        Assert.StartsWith("HTTP/1.1 413 Payload Too Large\r\n", proxy.Exchange(client, Post(10)));
        Assert.Equal(2, proxy.Counter("extension_config_discovery.http_filter.limit.config_reload"));
    }

    [Fact]
    public void HttpFilterWithoutConfig_Answers500()
    {
        using var file = new DiscoveryFile("resources: []");
        using ProxyFixture proxy = ProxyFixture.Http(filters: HttpFilter("limit", file, Buffer), hcm: ProxyFixture.ShortLog);
        proxy.AssertLocalReply(proxy.Exchange(proxy.Connect(), "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), "500 Internal Server Error", "");
        Assert.StartsWith("500 NFCF ", proxy.Log("/log"), StringComparison.Ordinal);
        file.Replace(proxy, DiscoveryFile.Holding("limit", Buffer, "max_request_bytes: 100"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void ConfigInsideDiscoveredConfig_IsDiscoveredToo()
    {
        using var inner = new DiscoveryFile(DiscoveryFile.Holding("router", Router));
        string manager = $$"""
            stat_prefix: web
            http_filters:
            - name: router
              config_discovery: { config_source: { path: {{inner.Path}} }, type_urls: [{{Router}}] }
            route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, direct_response: { status: 200, body: { inline_string: deep } } }] }] }
            """;
        using var file = new DiscoveryFile(DiscoveryFile.Holding("end", Hcm, manager));
        using var proxy = new ProxyFixture(Network(file));
        Assert.EndsWith("\r\n\r\ndeep", proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(2, proxy.FollowedFiles);
    }

    private static string Post(int length) => $"POST /alive HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}";

    private static string HttpFilter(string name, DiscoveryFile file, string type) =>
        $$"""
        - name: {{name}}
          config_discovery: { config_source: { path_config_source: { path: {{file.Path}} } }, type_urls: [type.googleapis.com/{{type}}] }
        """;

    private static string Network(DiscoveryFile file) =>
        $$"""
        static_resources:
          listeners:
          - name: tcp
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
            filter_chains:
            - filters:
              - name: end
                config_discovery:
                  config_source: { path_config_source: { path: {{file.Path}} } }
                  type_urls: [{{Echo}}, {{Direct}}, {{SniCluster}}, {{Hcm}}]
        """;
}
