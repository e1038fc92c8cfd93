using System.Text;
using Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Listener filters that look at bytes, in the whole proxy: which chain is chosen, what the upstream gets, what faults do.</summary>
public sealed class ListenerFilterTests
{
    private const string Tls = "tls_inspector.v3.TlsInspector";
    private const string Http = "http_inspector.v3.HttpInspector";
    private const string Proxy = "proxy_protocol.v3.ProxyProtocol";

    private const string Shop = "10.0.0.2:8080";
    private const string Blog = "10.0.0.3:8080";

    private static byte[] Hello(string name, int recordSize = int.MaxValue) =>
        new ClientHelloBuilder().WithServerName(name).WithAlpn("h2").Records(recordSize);

    /// <summary>TCP to one upstream for *.shop.example, to another for everything else.</summary>
    private static ProxyFixture Fixture(string match, string listener = "", params string[] filters) => new(
        $$"""
        static_resources:
          listeners:
          - name: tcp
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{ProxyFixture.Indent(listener, 4)}}
            listener_filters:
        {{string.Concat(filters.Select(f => $$"""
                - name: {{f}}
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.{{f}} }

            """))}}
            filter_chains:
            - name: shop
              filter_chain_match: {{match}}
              filters:
              - name: tcp
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: shop
                  cluster: shop
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: /log
                      log_format: { text_format_source: { inline_string: "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %REQUESTED_SERVER_NAME%\n" } }
            - name: blog
              filters:
              - name: tcp
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: blog
                  cluster: blog
          clusters:
        {{Cluster("shop", "10.0.0.2")}}
        {{Cluster("blog", "10.0.0.3")}}
        """);

    private static string Cluster(string name, string address) =>
        $$"""
          - name: {{name}}
            load_assignment:
              cluster_name: {{name}}
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: {{address}}, port_value: 8080 } } }
        """;

    private static ProxyFixture SniFixture(string listener = "") => Fixture("{ server_names: ['*.shop.example'] }", listener, Tls);

    /// <summary>A client sends; what the upstream at the address got.</summary>
    private static byte[] Deliver(ProxyFixture fixture, string upstream, params byte[][] pieces)
    {
        SimulatedServer server = fixture.Loop.Network.Listen(upstream);
        SimulatedPeer client = fixture.Connect();
        foreach (byte[] piece in pieces)
        {
            client.Write(piece);
            fixture.Run();
        }

        return server.Accept().ReadAll();
    }

    [Theory]
    [InlineData("a.SHOP.example", Shop)]
    [InlineData("blog.example", Blog)]
    public void ServerName_ChoosesTheUpstreamAndTheHelloArrivesWhole(string name, string upstream)
    {
        using ProxyFixture fixture = SniFixture();
        Assert.Equal(Hello(name), Deliver(fixture, upstream, Hello(name)));
        Assert.Equal(1, fixture.Counter("tls_inspector.sni_found"));
    }

    [Fact]
    public void HelloByteByByteInSmallRecords_ArrivesWhole()
    {
        using ProxyFixture fixture = SniFixture();
        byte[] hello = Hello("a.shop.example", 11);
        Assert.Equal(hello, Deliver(fixture, Shop, [.. hello.Select(one => (byte[])[one])]));
    }

    [Fact]
    public void PlainText_GoesToTheOthersAtItsFirstByte()
    {
        using ProxyFixture fixture = SniFixture();
        Assert.Equal("S"u8.ToArray(), Deliver(fixture, Blog, "S"u8.ToArray()));
        Assert.Equal(1, fixture.Counter("tls_inspector.tls_not_found"));
    }

    [Fact]
    public void ClientThatStopsHalfWay_IsClosedWhenItsTimeIsUp()
    {
        using ProxyFixture fixture = SniFixture();
        SimulatedPeer client = fixture.Connect();
        client.Write(Hello("a.shop.example").AsSpan(0, 50));
        fixture.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(client.IsClosed);
        Assert.Equal(1, fixture.Gauge("listener.10.0.0.1_10000.downstream_pre_cx_active"));
        fixture.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Counter("listener.10.0.0.1_10000.downstream_pre_cx_timeout"));
        Assert.Equal(0, fixture.Gauge("listener.10.0.0.1_10000.downstream_pre_cx_active"));
    }

    [Fact]
    public void SlowClient_GetsNoNewTimeWithEachByte()
    {
        using ProxyFixture fixture = SniFixture("listener_filters_timeout: 2s");
        SimulatedPeer client = fixture.Connect();
        foreach (byte one in Hello("a.shop.example").AsSpan(0, 20))
        {
            if (!client.IsClosed)
            {
                client.Write([one]);
                fixture.Advance(TimeSpan.FromSeconds(0.15));
            }
        }

        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Counter("listener.10.0.0.1_10000.downstream_pre_cx_timeout"));
    }

    [Fact]
    public void SilentClient_GoesOnWhereConfigured()
    {
        using ProxyFixture fixture = SniFixture("listener_filters_timeout: 1s\ncontinue_on_listener_filters_timeout: true");
        SimulatedServer blog = fixture.Loop.Network.Listen(Blog);
        SimulatedPeer client = fixture.Connect();
        fixture.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(client.IsClosed);
        client.Write("late");
        fixture.Run();
        Assert.Equal("late", blog.Accept().ReadText());
    }

    [Fact]
    public void ClientThatGoesAwayHalfWay_LeavesNothing()
    {
        using ProxyFixture fixture = SniFixture();
        SimulatedPeer client = fixture.Connect();
        client.Write(Hello("a.shop.example").AsSpan(0, 50));
        fixture.Run();
        client.Close();
        fixture.Run();
        Assert.Equal(1, fixture.Loop.Network.OpenDescriptors);
        Assert.Equal(0, fixture.Counter("tls_inspector.tls_not_found"));
        Assert.Equal(0, fixture.Gauge("listener.10.0.0.1_10000.downstream_pre_cx_active"));
    }

    [Fact]
    public void OversizedHello_IsClosedAndOthersAreServed()
    {
        using ProxyFixture fixture = SniFixture();
        SimulatedPeer client = fixture.Connect();
        client.Write(new ClientHelloBuilder().WithServerName("a.shop.example").With(21, new byte[16384 - 150]).Records(2000));
        fixture.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Counter("tls_inspector.client_hello_too_large"));
        Assert.Equal(Hello("a.shop.example"), Deliver(fixture, Shop, Hello("a.shop.example")));
    }

    [Fact]
    public void ProxyHeaderBeforeAHello_IsTakenOffAndTheHelloChooses()
    {
        using ProxyFixture fixture = Fixture("{ server_names: ['*.shop.example'] }", "", Proxy, Tls);
        byte[] hello = Hello("a.shop.example");
        Assert.Equal(hello, Deliver(fixture, Shop, [.. ProxyHeaderBuilder.IPv4().WithTlv(5, new byte[400]).Bytes(), .. hello]));
    }

    [Fact]
    public void ProxyHeaderByteByByte_GivesItsAddressesToTheLog()
    {
        using ProxyFixture fixture = Fixture("{ server_names: ['*.shop.example'] }", "", Proxy, Tls);
        byte[] hello = Hello("a.shop.example");
        SimulatedServer server = fixture.Loop.Network.Listen(Shop);
        SimulatedPeer client = fixture.Connect();
        foreach (byte one in (byte[])[.. Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::9 2001:db8::1 56324 443\r\n"), .. hello])
        {
            client.Write([one]);
            fixture.Run();
        }

        SimulatedPeer upstream = server.Accept();
        Assert.Equal(hello, upstream.ReadAll());
        upstream.Close();
        client.Close();
        Assert.Equal("[2001:db8::9]:56324 [2001:db8::1]:443 a.shop.example\n", fixture.Log("/log"));
    }

    [Fact]
    public void SourceOfAProxyHeader_ChoosesTheChain()
    {
        using ProxyFixture fixture = Fixture("{ source_prefix_ranges: [{ address_prefix: 203.0.113.0, prefix_len: 24 }] }", "", Proxy);
        Assert.Equal("x"u8.ToArray(), Deliver(fixture, Shop, [.. ProxyHeaderBuilder.IPv4().Bytes(), .. "x"u8]));
        Assert.Equal("y"u8.ToArray(), Deliver(fixture, Blog, [.. ProxyHeaderBuilder.IPv4("198.51.100.200").Bytes(), .. "y"u8]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 ::1 1 2\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\f")]
    public void GarbageInsteadOfAProxyHeader_IsClosed(string garbage)
    {
        using ProxyFixture fixture = Fixture("{ server_names: ['*.shop.example'] }", "", Proxy);
        SimulatedPeer client = fixture.Connect();
        client.Write(garbage);
        fixture.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Counter("downstream_cx_proxy_proto_error"));
        Assert.Equal(0, fixture.Gauge("listener.10.0.0.1_10000.downstream_pre_cx_active"));
        Assert.Equal("z"u8.ToArray(), Deliver(fixture, Blog, [.. ProxyHeaderBuilder.IPv4().Bytes(), .. "z"u8]));
    }

    [Fact]
    public void LongestProxyHeader_IsReadToItsEnd()
    {
        using ProxyFixture fixture = Fixture("{ server_names: ['*.shop.example'] }", "", Proxy, Tls);
        byte[] hello = Hello("a.shop.example");
        byte[] header = ProxyHeaderBuilder.IPv4().WithTlv(0xE0, new byte[16384 - 28 - 3]).Bytes();
        Assert.Equal(hello, Deliver(fixture, Shop, [.. header, .. hello]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", Shop)]
    [InlineData("GET / HTTP/1.0\r\n", Blog)]
    [InlineData("HELO a.example\r\n", Blog)]
    public void ApplicationProtocol_ChoosesTheChain(string line, string upstream)
    {
        using ProxyFixture fixture = Fixture("{ application_protocols: [http/1.1] }", "", Tls, Http);
        Assert.Equal(line, Encoding.ASCII.GetString(Deliver(fixture, upstream, Encoding.ASCII.GetBytes(line))));
    }

    [Fact]
    public void FirstLineWithoutEnd_IsClosed()
    {
        using ProxyFixture fixture = Fixture("{ application_protocols: [http/1.1] }", "", Http);
        SimulatedPeer client = fixture.Connect();
        client.Write("GET /" + new string('a', 20_000));
        fixture.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Counter("http_inspector.read_error"));
    }
}
