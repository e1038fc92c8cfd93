using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>From the fields of a listener to sockets that are served.</summary>
public sealed class ListenerTests
{
    private const string Echo =
        "{ filters: [{ name: echo, typed_config: { \"@type\": " + EchoType + " } }] }";

    private const string EchoType = "type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo";

    private const string ManagerType = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    [Fact]
    public void OnlyWhatIsRequired_TakesEnvoysDefaults()
    {
        using ProxyFixture proxy = Start($"filter_chains: [{Echo}]", name: "");
        ListenerConfig config = proxy.Listeners.Listeners[0].Config;
        Assert.NotEmpty(config.Name);
        Assert.Equal(1024 * 1024, config.BufferLimit);
        Assert.Equal(TrafficDirection.Unspecified, config.Direction);
        Assert.Equal("", config.StatPrefix);
        Assert.Empty(config.AccessLogs);
        ListenSocketOptions options = Assert.Single(config.Addresses).Options;
        Assert.True(options.ReusePort);
        Assert.True(options.NoDelay);
        Assert.False(options.IPv4Compat);
        Assert.Equal(65535, options.Backlog);
        Assert.Null(options.KeepAlive);
        Assert.Empty(options.SocketOptions);
    }

    [Fact]
    public void Everything_IsTaken()
    {
        using ProxyFixture proxy = Start($$"""
            stat_prefix: front
            traffic_direction: INBOUND
            per_connection_buffer_limit_bytes: 32768
            enable_reuse_port: false
            tcp_backlog_size: 77
            tcp_keepalive: { keepalive_probes: 3, keepalive_time: 30, keepalive_interval: 5 }
            socket_options:
            - { level: 6, name: 23, int_value: 5, state: STATE_LISTENING }
            - { level: 1, name: 15, buf_value: AQAAAA==, state: STATE_PREBIND }
            - { level: 41, name: 67, int_value: 1, state: STATE_PREBIND, type: { datagram: {} } }
            additional_addresses:
            - address: { socket_address: { address: "::", port_value: 10001, ipv4_compat: true } }
              tcp_keepalive: { keepalive_time: 60 }
              socket_options: { socket_options: [{ level: 6, name: 9, int_value: 1, state: STATE_BOUND }] }
            filter_chains: [{{Echo}}]
            """);
        ListenerConfig config = proxy.Listeners.Listeners[0].Config;
        Assert.Equal("front", config.StatPrefix);
        Assert.Equal(TrafficDirection.Inbound, config.Direction);
        Assert.Equal(32768, config.BufferLimit);

        ListenSocketOptions main = config.Addresses[0].Options;
        Assert.False(main.ReusePort);
        Assert.Equal(77, main.Backlog);
        Assert.Equal(new TcpKeepAliveConfig(3, 30, 5), main.KeepAlive);
        Assert.Equal([(6, 23, SocketState.Listening), (1, 15, SocketState.Prebind)], main.SocketOptions.Select(o => (o.Level, o.Name, o.State)));
        Assert.Equal(5, BitConverter.ToInt32(main.SocketOptions[0].Value));
        Assert.Equal([1, 0, 0, 0], main.SocketOptions[1].Value);

        ListenSocketOptions more = config.Addresses[1].Options;
        Assert.True(more.IPv4Compat);
        Assert.Equal(new TcpKeepAliveConfig(null, 60, null), more.KeepAlive);
        Assert.Equal([(6, 9, SocketState.Bound)], more.SocketOptions.Select(o => (o.Level, o.Name, o.State)));
    }

    [Fact]
    public void SeveralAddresses_AreAllServed()
    {
        using ProxyFixture proxy = Start($$"""
            additional_addresses: [{ address: { socket_address: { address: 10.0.0.1, port_value: 10001 } } }]
            filter_chains: [{{Echo}}]
            """);
        foreach (string address in (string[])["10.0.0.1:10000", "10.0.0.1:10001"])
        {
            SimulatedPeer client = proxy.Loop.Network.Connect(address, "192.0.2.7");
            Assert.Equal("hello", proxy.Exchange(client, "hello"));
        }

        Assert.Equal(2, proxy.Counter("listener.10.0.0.1_10000.downstream_cx_total"));
    }

    [Fact]
    public void StatPrefix_ReplacesTheAddressInStatistics()
    {
        using ProxyFixture proxy = Start($"stat_prefix: front\nfilter_chains: [{Echo}]");
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("x", proxy.Exchange(client, "x"));
        Assert.Equal(1, proxy.Counter("listener.front.downstream_cx_total"));
        Assert.Equal(1, proxy.Gauge("listener.front.downstream_cx_active"));
        client.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("listener.front.downstream_cx_active"));
        Assert.Equal(1, proxy.Counter("listener.front.downstream_cx_destroy"));
    }

    [Fact]
    public void DefaultFilterChain_ServesWhereThereIsNoOther()
    {
        using ProxyFixture proxy = Start($"default_filter_chain: {Echo}");
        Assert.Equal("hello", proxy.Exchange(proxy.Connect(), "hello"));
    }

    [Fact]
    public void EmptyFilterChain_ClosesAtOnce()
    {
        using ProxyFixture proxy = Start("filter_chains: [{ filters: [] }]");
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        Assert.True(client.IsEnded || client.IsReset);
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.downstream_cx_total"));
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));
    }

    [Fact]
    public void AccessLog_HasItsConnections()
    {
        using ProxyFixture proxy = Start($$"""
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_ADDRESS% %BYTES_RECEIVED% %BYTES_SENT%\n" } }
            filter_chains: [{{Echo}}]
            """);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("hello", proxy.Exchange(client, "hello"));
        client.Close();
        Assert.Equal("192.0.2.7 10.0.0.1:10000 5 5\n", proxy.Log("/log"));
    }

    [Theory]
    [InlineData("stat_prefix: x", "filter_chains: no filter chains specified")]
    [InlineData("filter_chains: [{ filters: [] }, { filters: [] }]", "filter_chains[1].filter_chain_match: filter chain '' has the same matching rules")]
    [InlineData(
        "filter_chains: [{ filters: [ECHO, ECHO] }]", "filter_chains[0].filters[0]: \"echo\" ends the chain, so nothing may follow it")]
    [InlineData(
        "filter_chains: [{ transport_socket: { name: tls, typed_config: { \"@type\": ECHOTYPE } } }]",
        "filter_chains[0].transport_socket: \"tls\" is not supported by this version")]
    [InlineData(
        "filter_chains: [{ filters: [{ name: hcm, typed_config: { \"@type\": MANAGER, stat_prefix: x, codec_type: HTTP2, route_config: {} } }] }]",
        "codec_type: HTTP2 is not supported by this version; expected AUTO or HTTP1")]
    [InlineData(
        "filter_chains: [{ filters: [{ name: hcm, typed_config: { \"@type\": MANAGER, stat_prefix: x, route_config: {} } }] }]", "http_filters: ")]
    [InlineData(
        "filter_chains: [{ filters: [{ name: hcm, typed_config: { \"@type\": MANAGER, stat_prefix: x } }] }]", "route_config")]
    [InlineData("additional_addresses: [{ address: { socket_address: { address: nonsense, port_value: 1 } } }]", "additional_addresses[0].address")]
    [InlineData(
        "additional_addresses: [{ address: { socket_address: { address: 10.0.0.3, port_value: 1, protocol: UDP } } }]",
        "protocol: found UDP, which cannot stand here; expected TCP")]
    public void Wrong_IsRefusedAtItsPlace(string fields, string error)
    {
        string echo = Echo["{ filters: [".Length..^"] }".Length];
        fields = fields.Replace("ECHOTYPE", EchoType, StringComparison.Ordinal).Replace("ECHO", echo, StringComparison.Ordinal).Replace("MANAGER", ManagerType, StringComparison.Ordinal);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Start(fields).Dispose());
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }

    private static ProxyFixture Start(string fields, string name = "name: plain") => new($$"""
        static_resources:
          listeners:
          - address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{ProxyFixture.Indent(name, 4)}}
        {{ProxyFixture.Indent(fields, 4)}}
        """);
}
