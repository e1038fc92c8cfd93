using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.Extensions.NetworkFilters.SniCluster;
using Nuncio.Extensions.Tests.Component;
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

    [Fact]
    public void NoServerName_LeavesTheConfiguredCluster()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter, last: Layer4Proxy.TcpProxy);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "plain");
        Assert.Equal("plain", server.Accept().ReadText());
    }
}
