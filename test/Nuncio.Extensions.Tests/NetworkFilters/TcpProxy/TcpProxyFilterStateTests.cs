using Nuncio.Core.Streams;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

/// <summary>What earlier filters decide for one connection by its filter state.</summary>
public sealed class TcpProxyFilterStateTests
{
    [Fact]
    public void ClusterOfTheConnection_WinsOverTheConfigured()
    {
        using TcpProxyFixture fixture = new();
        fixture.Base.AddCluster("other", "10.0.0.9:1");
        fixture.Base.Prepare = static info => Set(info, "envoy.tcp_proxy.cluster", "other");
        SimulatedServer other = fixture.Listen("10.0.0.9:1");
        SimulatedServer usual = fixture.Listen();
        SimulatedPeer client = fixture.Connect();
        SimulatedPeer upstream = other.Accept();
        client.Write("ping");
        fixture.Run();
        Assert.Equal("ping", upstream.ReadText());
        Assert.False(usual.HasWaiting);
        client.Close();
        upstream.Close();
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClusterOfTheConnectionThatIsNotThere_IsNoCluster()
    {
        using TcpProxyFixture fixture = new();
        fixture.Base.Prepare = static info => Set(info, "envoy.tcp_proxy.cluster", "nobody.example");
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Tcp("downstream_cx_no_route"));
        fixture.AssertNothingLeft();
        Assert.StartsWith("NC ", Assert.Single(fixture.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void SocketOptionsOfTheConnection_AreTheUpstreams()
    {
        using TcpProxyFixture fixture = new();
        fixture.Base.Prepare = static info => Set(
            info, UpstreamSocketOptions.Key, new UpstreamSocketOptions(SimulatedNetwork.Parse("192.0.2.7:99"), Transparent: true, Mark: 5));
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        Assert.Equal("192.0.2.7", upstream.RemoteAddress.IpText);
        client.Close();
        upstream.Close();
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClusterThatIsRemoved_KeepsItsConnectionsAndTakesNoFurther()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        fixture.Base.Clusters.Remove("up");
        fixture.Run();
        client.Write("still");
        fixture.Run();
        Assert.Equal("still", upstream.ReadText());
        SimulatedPeer late = fixture.Connect();
        Assert.True(late.IsClosed);
        Assert.Equal(1, fixture.Tcp("downstream_cx_no_route"));
        client.Close();
        upstream.Close();
        fixture.Run();
        Assert.Equal(1, fixture.Network.OpenDescriptors);
    }

    private static void Set(ConnectionInfo info, string key, object value)
    {
        info.FilterState = new FilterState();
        Assert.True(info.FilterState.TrySet(key, value));
    }
}
