using Nuncio.Extensions.Tests.Component;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.BootstrapExtensions.InternalListener;

/// <summary>A listener that only this process connects to, from a client through both listeners to an upstream (LIS-26).</summary>
public sealed class InternalListenerTests
{
    [Fact]
    public void Client_GoesThroughBothListenersToTheUpstream()
    {
        using ProxyFixture proxy = Start("inner");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect("192.0.2.7");
        client.Write("hello");
        proxy.Run();
        SimulatedPeer upstream = server.Accept();
        Assert.Equal("hello", upstream.ReadText());
        Assert.Equal("and back", Answer(proxy, upstream, client, "and back"));
        Assert.Equal(1, proxy.Counter("tcp.outer.downstream_cx_total"));
        Assert.Equal(1, proxy.Counter("tcp.inner.downstream_cx_total"));
        Assert.Equal(1, proxy.Gauge("listener.inner.downstream_cx_active"));
        client.Close();
        proxy.Run();
        upstream.Close();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("listener.inner.downstream_cx_active"));
        Assert.Equal("192.0.2.7:", proxy.Log("/inner")[..10]);
    }

    [Fact]
    public void LargeTransfer_ArrivesWhole()
    {
        using ProxyFixture proxy = Start("inner");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        string large = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i:x8}"));
        client.Write(large);
        proxy.Run();
        SimulatedPeer upstream = server.Accept();
        string got = "";
        for (int i = 0; i < 1000 && got.Length < large.Length; i++)
        {
            got += upstream.ReadText();
            proxy.Run();
        }

        Assert.Equal(large, got);
    }

    [Fact]
    public void NoListenerOfTheName_FailsTheConnection()
    {
        using ProxyFixture proxy = Start("other");
        SimulatedPeer client = proxy.Connect();
        client.Write("hello");
        proxy.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, proxy.Counter("cluster.inner.upstream_cx_connect_fail"));
    }

    [Fact]
    public void Removed_TakesNoMoreConnections()
    {
        using ProxyFixture proxy = Start("inner");
        Assert.True(proxy.Listeners.Remove("inner"));
        proxy.Run();
        SimulatedPeer client = proxy.Connect();
        client.Write("hello");
        proxy.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, proxy.Counter("cluster.inner.upstream_cx_connect_fail"));
    }

    private static string Answer(ProxyFixture proxy, SimulatedPeer from, SimulatedPeer to, string text)
    {
        from.Write(text);
        proxy.Run();
        return to.ReadText();
    }

    private static ProxyFixture Start(string target) => new($$"""
        bootstrap_extensions:
        - name: envoy.bootstrap.internal_listener
          typed_config: { "@type": type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener, buffer_size_kb: 64 }
        static_resources:
          listeners:
          - name: inner
            internal_listener: {}
            stat_prefix: inner
            filter_chains:
            - filters:
              - name: tcp
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: inner
                  cluster: up
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: /inner
                      log_format: { text_format_source: { inline_string: "%DOWNSTREAM_REMOTE_ADDRESS%\n" } }
          - name: outer
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
            filter_chains:
            - filters:
              - name: tcp
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: outer
                  cluster: inner
          clusters:
          - name: inner
            connect_timeout: 1s
            load_assignment:
              cluster_name: inner
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { envoy_internal_address: { server_listener_name: {{target}} } } }
          - name: up
            connect_timeout: 1s
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 10.0.0.2, port_value: 8080 } } }
        """);
}
