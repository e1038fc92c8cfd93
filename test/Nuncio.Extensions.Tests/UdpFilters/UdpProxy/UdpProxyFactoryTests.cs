using System.Net.Sockets;
using Nuncio.Core.Matching;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Extensions.UdpFilters.UdpProxy;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.Tests.UdpFilters.UdpProxy;

/// <summary>Configuration of UDP listeners and of the UDP proxy (LIS-25, UDP-02): what is taken, and how the rest is refused.</summary>
public sealed class UdpProxyFactoryTests
{
    private const string Matcher = """
        matcher:
          matcher_tree:
            input:
              name: port
              typed_config: { "@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.INPUT }
            exact_match_map:
              map:
                "VALUE": { action: { name: route, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.Route, cluster: up } } }
        """;

    [Theory]
    [InlineData("SourceIPInput", "127.0.0.1", true)]
    [InlineData("SourceIPInput", "127.0.0.2", false)]
    [InlineData("DestinationIPInput", "127.0.0.1", true)]
    [InlineData("DestinationPortInput", "1", false)]
    [InlineData("SourcePortInput", "1", false)]
    public void Matcher_RoutesByAddresses(string input, string value, bool isMatch)
    {
        using var lab = new UdpProxyLab(Matcher.Replace("INPUT", input, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal));
        Socket client = lab.Open();
        lab.Send(client, "x");
        Assert.Equal(isMatch ? "x" : null, UdpProxyLab.Receive(lab.Upstreams[0]));
        Assert.Equal(isMatch ? 0 : 1, lab.Counter("udp.p.downstream_sess_no_route"));
    }

    [Theory]
    [InlineData("", "", "found none, expected one of cluster, matcher")]
    [InlineData("cluster: up\nsession_filters: []", "", "session_filters")]
    [InlineData("cluster: up\ntunneling_config: {}", "", "tunneling_config")]
    [InlineData("cluster: up\nhash_policies: [ { source_ip: true }, { key: a } ]", "", "hash_policies")]
    [InlineData("cluster: up\nhash_policies: [ { source_ip: false } ]", "", "hash_policies[0].source_ip")]
    [InlineData("cluster: up\nupstream_socket_config: { max_rx_datagram_size: 65536 }", "", "upstream_socket_config.max_rx_datagram_size")]
    [InlineData("cluster: up\nupstream_socket_config: { max_rx_datagram_size: 0 }", "", "upstream_socket_config.max_rx_datagram_size")]
    [InlineData("cluster: up", "filter_chains: [ {} ]", "filter_chains: stands on a UDP listener, which has no connections; its filter goes into listener_filters")]
    [InlineData("cluster: up", "default_filter_chain: {}", "default_filter_chain: is for TCP listeners")]
    [InlineData("cluster: up", "connection_balance_config: { exact_balance: {} }", "connection_balance_config: is for TCP listeners")]
    [InlineData("cluster: up", "tcp_backlog_size: 5", "tcp_backlog_size: is for TCP listeners")]
    [InlineData("cluster: up", "tcp_fast_open_queue_length: 5", "tcp_fast_open_queue_length: is for TCP listeners")]
    [InlineData("cluster: up", "tcp_keepalive: {}", "tcp_keepalive: is for TCP listeners")]
    [InlineData("cluster: up", "enable_mptcp: true", "enable_mptcp: is for TCP listeners")]
    [InlineData("cluster: up", "use_original_dst: true", "use_original_dst: is for TCP listeners")]
    [InlineData("cluster: up", "bind_to_port: false", "bind_to_port: is false on a UDP listener")]
    [InlineData("cluster: up", "udp_listener_config: { quic_options: {} }", "udp_listener_config.quic_options")]
    [InlineData(
        "cluster: up",
        "additional_addresses: [ { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } } ]",
        "additional_addresses[0].address: is no UDP address")]
    public void Wrong_IsRefusedAtItsPlace(string proxy, string listener, string error)
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => new UdpProxyLab(proxy, listener: listener));
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ServerNameInput")]
    [InlineData("DirectSourceIPInput")]
    public void InputsOfConnections_AreRefused(string input)
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => new UdpProxyLab(Matcher.Replace("INPUT", input, StringComparison.Ordinal).Replace("VALUE", "a", StringComparison.Ordinal)));
        Assert.Contains("is nothing that can be asked of a datagram", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HashPolicy_IsEnvoys()
    {
        DatagramAddress client = DatagramAddress.FromIPv4(0x0A000001, 4000);
        DatagramAddress otherPort = DatagramAddress.FromIPv4(0x0A000001, 4001);
        Assert.Equal(XxHash64.Hash("10.0.0.1"u8), UdpHashPolicy.SourceIp.HashOf(client));
        Assert.Equal(UdpHashPolicy.SourceIp.HashOf(client), UdpHashPolicy.SourceIp.HashOf(otherPort));
        Assert.Equal(XxHash64.Hash("same"u8), UdpHashPolicy.Key("same").HashOf(client));
    }

    [Fact]
    public void OriginalSource_WithoutThePrivilege_IsRefused()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "the process has the privilege");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => new UdpProxyLab("cluster: up\nuse_original_src_ip: true"));
        Assert.Contains("use_original_src_ip: needs the capability CAP_NET_ADMIN", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralWorkersWithoutReusePort_AreRefused()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        string? error = proxy.Update("""
            name: dns
            address: { socket_address: { protocol: UDP, address: 127.0.0.1, port_value: 53 } }
            enable_reuse_port: false
            listener_filters:
            - name: proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig
                stat_prefix: p
                cluster: up
            """);
        Assert.Contains("a UDP listener on several workers needs enable_reuse_port", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TCP", "udp.udp_proxy.v3.UdpProxyConfig, stat_prefix: p, cluster: up", "is configuration of the category UDP listener filter, which cannot stand here")]
    [InlineData("UDP", "listener.tls_inspector.v3.TlsInspector", "is configuration of the category listener filter, which cannot stand here")]
    public void FilterOfTheOtherKind_IsRefused(string protocol, string filter, string error)
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => proxy.Update($$"""
            name: x
            address: { socket_address: { protocol: {{protocol}}, address: 127.0.0.1, port_value: 53 } }
            listener_filters: [ { name: f, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.{{filter}} } } ]
            """));
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }
}
