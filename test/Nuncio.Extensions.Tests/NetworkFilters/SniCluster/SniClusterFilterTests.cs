using Nuncio.Extensions.NetworkFilters.SniCluster;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.SniCluster;

/// <summary>The server name that a client asks for decides the cluster of the TCP proxy.</summary>
public sealed class SniClusterFilterTests
{
    private const string Filter = """
        - name: sni
          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.sni_cluster.v3.SniCluster }

        """;

    [Fact]
    public void ServerName_IsLeftAsTheClustersName()
    {
        using NetworkFilterFixture fixture = new(new SniClusterProvider()) { ServerName = "up.example.com" };
        fixture.Connect();
        Assert.Equal("up.example.com", fixture.Info.FilterState?.FindText("envoy.tcp_proxy.cluster"));
    }

    private const string Inspector = """
        - name: tls
          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector }
        """;

    [Theory]
    [InlineData("up", true)]
    [InlineData("UP", true)]
    [InlineData("nowhere", false)]
    public void ServerName_DecidesTheClusterOfTheTcpProxy(string name, bool isKnown)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter, Inspector, Layer4Proxy.TcpProxy.Replace("cluster: up", "cluster: other", StringComparison.Ordinal));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        byte[] hello = new ClientHelloBuilder().WithServerName(name).Records();
        client.Write(hello);
        proxy.Run();
        Assert.Equal(isKnown, server.HasWaiting);
        Assert.Equal(!isKnown, client.IsClosed);
        Assert.Equal(isKnown ? 0 : 1, proxy.Counter("tcp.tcp.downstream_cx_no_route"));
        if (isKnown)
        {
            Assert.Equal(hello, server.Accept().ReadAll());
        }
    }

    [Fact]
    public void NoServerName_LeavesTheConfiguredCluster()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter, last: Layer4Proxy.TcpProxy);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "plain");
        Assert.Equal("plain", server.Accept().ReadText());
    }
}
