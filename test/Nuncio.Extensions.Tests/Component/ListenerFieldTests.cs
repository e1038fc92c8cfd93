using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>The rarer fields of a listener, and what is refused of them.</summary>
public sealed class ListenerFieldTests
{
    private const string Echo =
        "{ name: echo, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }";

    [Fact]
    public void SocketFields_BecomeSocketOptions()
    {
        using ProxyFixture proxy = Start("""
            transparent: true
            freebind: true
            tcp_fast_open_queue_length: 17
            max_connections_to_accept_per_socket_event: 3
            """);
        ListenerConfig config = proxy.Listeners.Listeners[0].Config;
        ListenSocketOptions options = config.Addresses[0].Options;
        Assert.True(options.Transparent);
        Assert.True(options.Freebind);
        Assert.Equal(17, options.FastOpenQueueLength);
        Assert.False(options.Mptcp);
        Assert.Equal(3, config.MaxAcceptsPerEvent);
        int fd = Enumerable.Range(3, 50).First(f => proxy.Loop.Network.OptionOf(f, SocketOptions.LevelTcp, SocketOptions.TcpFastOpen) is not null);
        Assert.Equal([1, 0, 0, 0], proxy.Loop.Network.OptionOf(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent));
        Assert.Equal([1, 0, 0, 0], proxy.Loop.Network.OptionOf(fd, SocketOptions.LevelIp, SocketOptions.IpFreebind));
        Assert.Equal([17, 0, 0, 0], proxy.Loop.Network.OptionOf(fd, SocketOptions.LevelTcp, SocketOptions.TcpFastOpen));
    }

    [Fact]
    public void AcceptBatch_IsNotExceeded_AndAllAreServed()
    {
        using ProxyFixture proxy = Start("max_connections_to_accept_per_socket_event: 3");
        SimulatedPeer[] clients = [.. Enumerable.Range(0, 10).Select(_ => proxy.Connect())];
        proxy.Run();
        Assert.All(clients, c => Assert.Equal("x", proxy.Exchange(c, "x")));
        Assert.Equal(10, proxy.Counter("listener.10.0.0.1_10000.downstream_cx_total"));
    }

    [Fact]
    public void TransportSocketConnectTimeout_IsKept()
    {
        using ProxyFixture proxy = Start("", chain: "transport_socket_connect_timeout: 7s,");
        Assert.Equal(TimeSpan.FromSeconds(7), proxy.Listeners.Listeners[0].Config.FilterChains[0].TransportSocketConnectTimeout);
    }

    [Fact]
    public void DeprecatedBindToPort_IsTheSame()
    {
        using ProxyFixture proxy = Start("deprecated_v1: { bind_to_port: false }");
        Assert.Empty(proxy.Listeners.Listeners[0].Bound);
        Assert.Throws<InvalidOperationException>(() => proxy.Connect());
    }

    [Fact]
    public void RefusedConnection_IsLoggedWithItsFlag_AndMetadata()
    {
        using ProxyFixture proxy = Start(
            """
            metadata: { filter_metadata: { nuncio.test: { team: edge, list: [1, 2] } } }
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_SENT% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %METADATA(LISTENER:nuncio.test:team)% %METADATA(LISTENER_FILTER_CHAIN:nuncio.test:of)% %METADATA(LISTENER:nuncio.test:nothing)%\n" } }
            """,
            chain: "metadata: { filter_metadata: { nuncio.test: { of: chain } } }, filter_chain_match: { source_prefix_ranges: [{ address_prefix: 192.0.2.0, prefix_len: 24 }] },");
        SimulatedPeer refused = proxy.Connect("198.51.100.1");
        proxy.Run();
        Assert.True(refused.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.no_filter_chain_match"));
        SimulatedPeer served = proxy.Connect("192.0.2.7");
        proxy.Exchange(served, "hello");
        served.Close();
        proxy.Run();
        Assert.Equal("NR filter_chain_not_found 0 198.51.100.1 edge - -\n- - 5 192.0.2.7 edge chain -\n", proxy.Log("/log"));
    }

    [Fact]
    public void MetadataOfTheListener_IsThereForRequests()
    {
        using ProxyFixture proxy = ProxyFixture.Http(
            listener: "metadata: { filter_metadata: { nuncio.test: { team: edge } } }",
            hcm: ProxyFixture.ShortLog.Replace("%RESPONSE_CODE%", "%METADATA(LISTENER:nuncio.test)%", StringComparison.Ordinal));
        proxy.Exchange(proxy.Connect(), "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("{\"team\":\"edge\"} ", proxy.Log("/log"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connection_balance_config: { extend_balance: { name: dlb } }", "extend_balance")]
    [InlineData("api_listener: {}", "api_listener")]
    [InlineData("fcds_config: {}", "fcds_config")]
    [InlineData("additional_addresses: [{ address: { socket_address: { address: 10.0.0.9, port_value: 1, network_namespace_filepath: /x } } }]", "network_namespace_filepath")]
    [InlineData("additional_addresses: [{ address: { socket_address: { address: 10.0.0.1, port_value: 10000 } } }]", "additional_addresses: found 10.0.0.1:10000 twice, expected each address once")]
    [InlineData("additional_addresses: [{ address: { socket_address: { address: 10.0.0.9, port_value: 1, ipv4_compat: true } } }]", "additional_addresses[0].address.socket_address.ipv4_compat: is for the IPv6 address :: or an IPv4-mapped one such as ::ffff:192.0.2.1; found \"10.0.0.9\"")]
    [InlineData("additional_addresses: [{ address: { pipe: { path: \"@x\" } } }]\nenable_mptcp: true", "enable_mptcp: is for IP addresses only")]
    [InlineData("max_connections_to_accept_per_socket_event: 0", "max_connections_to_accept_per_socket_event")]
    public void Wrong_IsRefusedByName(string fields, string error)
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Start(fields).Dispose());
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enable_reuse_port: true", "enable_reuse_port: is for listeners with sockets; an internal listener has none")]
    [InlineData("tcp_backlog_size: 5", "tcp_backlog_size")]
    [InlineData("freebind: true", "freebind")]
    [InlineData("transparent: true", "transparent")]
    [InlineData("tcp_fast_open_queue_length: 1", "tcp_fast_open_queue_length")]
    [InlineData("connection_balance_config: { exact_balance: {} }", "connection_balance_config")]
    [InlineData("enable_mptcp: true", "enable_mptcp")]
    [InlineData("socket_options: [{ level: 6, name: 9, int_value: 1 }]", "socket_options")]
    [InlineData("additional_addresses: [{ address: { socket_address: { address: 10.0.0.9, port_value: 1 } } }]", "additional_addresses")]
    public void InternalListener_HasNoSocketFields(string field, string error)
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        string yaml = $$"""
            name: inside
            internal_listener: {}
            {{field}}
            filter_chains: [{ filters: [{{Echo}}] }]
            """;
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => proxy.ConvertListener(yaml));
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
        Assert.Null(proxy.Update(yaml.Replace(field, "", StringComparison.Ordinal)));
    }

    private static ProxyFixture Start(string fields, string chain = "") => new($$"""
        static_resources:
          listeners:
          - name: l
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{ProxyFixture.Indent(fields, 4)}}
            filter_chains: [{ {{chain}} filters: [{{Echo}}] }]
        """);
}
