using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.OriginalSrc;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Extensions.Tests.NetworkFilters;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.ListenerFilters.OriginalSrc;

/// <summary>Upstream connections in the client's name.</summary>
public sealed class OriginalSrcFilterTests
{
    private const string Filter = """
        - name: src
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc
            mark: 123
        """;

    [Fact]
    public void UpstreamConnection_ComesFromTheClientsAddress()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(listenerFilters: Filter, last: Layer4Proxy.TcpProxy);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect("192.0.2.77");
        proxy.Exchange(client, "a");
        SimulatedPeer upstream = server.Accept();
        Assert.Equal("192.0.2.77", upstream.RemoteAddress.IpText);
        Assert.Equal("a", upstream.ReadText());
    }

    [Fact]
    public void Options_AreLeftInTheFilterState()
    {
        using ScriptedSocket socket = new("10.0.0.1:80");
        Run(socket, 123);
        Assert.Equal(
            new UpstreamSocketOptions(NetworkAddress.FromIPv4(0xC0000207, 0), Transparent: true, 123),
            socket.Info.FilterState?.Find(UpstreamSocketOptions.Key));
    }

    [Fact]
    public void RestoredClient_IsTheOne()
    {
        using ScriptedSocket socket = new("10.0.0.1:80");
        socket.Info.RemoteAddress = SimulatedNetwork.Parse("198.51.100.9:1");
        Run(socket, 0);
        Assert.Equal(
            new UpstreamSocketOptions(SimulatedNetwork.Parse("198.51.100.9:0"), Transparent: true, 0),
            socket.Info.FilterState?.Find(UpstreamSocketOptions.Key));
    }

    [Fact]
    public void Pipe_HasNoAddressToComeFrom()
    {
        using ScriptedSocket socket = new(new ConnectionInfo(NetworkAddress.FromPipe("/p"), NetworkAddress.UnnamedPipe));
        Run(socket, 1);
        Assert.Null(socket.Info.FilterState);
    }

    private static void Run(ScriptedSocket socket, uint mark) =>
        Assert.Equal(ListenerFilterStatus.Continue, new OriginalSrcProvider(new OriginalSrcConfig(mark)).CreateForWorker(null!, null!).Create(socket)!.OnAccept(socket));
}
