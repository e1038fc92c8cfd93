using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.OriginalDst;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.ListenerFilters.OriginalDst;

/// <summary>What a listener filter finds where the system redirected; that a real one does is tested with real peers.</summary>
public sealed class OriginalDstFilterTests
{
    private static readonly byte[] s_sockaddr = [2, 0, 0x1F, 0x90, 198, 51, 100, 9, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] s_sockaddr6 = [10, 0, 0x1F, 0x90, 0, 0, 0, 0, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0];

    [Fact]
    public void RedirectedIPv4_GetsItsDestinationBack()
    {
        using ScriptedSocket socket = new("10.0.0.1:80");
        socket.SetOption(SocketOptions.LevelIp, SocketOptions.OriginalDestination, s_sockaddr);
        Run(socket);
        Assert.Equal("198.51.100.9:8080", socket.Info.LocalAddress.ToString());
        Assert.Equal("10.0.0.1:80", socket.Info.DirectLocalAddress.ToString());
        Assert.True(socket.Info.IsLocalAddressRestored);
    }

    [Fact]
    public void RedirectedIPv6_GetsItsDestinationBack()
    {
        using ScriptedSocket socket = new("[::1]:80");
        socket.SetOption(SocketOptions.LevelIpv6, SocketOptions.OriginalDestination, s_sockaddr6);
        Run(socket);
        Assert.Equal("[2001:db8::9]:8080", socket.Info.LocalAddress.ToString());
    }

    [Fact]
    public void NotRedirected_StaysWhereItIs()
    {
        using ScriptedSocket socket = new("10.0.0.1:80");
        Run(socket);
        Assert.False(socket.Info.IsLocalAddressRestored);
    }

    [Fact]
    public void TransparentSocket_IsAtItsDestination()
    {
        using ScriptedSocket socket = new("10.0.0.1:80");
        socket.SetOption(SocketOptions.LevelIp, SocketOptions.IpTransparent, [1, 0, 0, 0]);
        Run(socket);
        Assert.True(socket.Info.IsLocalAddressRestored);
    }

    [Fact]
    public void InternalConnection_TakesWhatWasLeftForIt()
    {
        using ScriptedSocket socket = new(new ConnectionInfo(NetworkAddress.FromInternal("inner"), NetworkAddress.FromInternal("inner")));
        socket.Info.FilterState = new FilterState();
        socket.Info.FilterState.TrySet(FilterStateObjects.OriginalDestinationLocal, SimulatedNetwork.Parse("198.51.100.9:1"));
        socket.Info.FilterState.TrySet(FilterStateObjects.OriginalDestinationRemote, SimulatedNetwork.Parse("198.51.100.8:2"));
        Run(socket);
        Assert.Equal("198.51.100.9:1", socket.Info.LocalAddress.ToString());
        Assert.Equal("198.51.100.8:2", socket.Info.RemoteAddress.ToString());
    }

    [Fact]
    public void InternalConnection_MetadataComesFirst()
    {
        using ScriptedSocket socket = new(new ConnectionInfo(NetworkAddress.FromInternal("inner"), NetworkAddress.FromInternal("inner")));
        socket.Info.Metadata = new DynamicMetadata();
        socket.Info.Metadata.Set("envoy.filters.listener.original_dst", "local", "198.51.100.7:3");
        socket.Info.FilterState = new FilterState();
        socket.Info.FilterState.TrySet(FilterStateObjects.OriginalDestinationLocal, SimulatedNetwork.Parse("198.51.100.9:1"));
        Run(socket);
        Assert.Equal("198.51.100.7:3", socket.Info.LocalAddress.ToString());
    }

    private static void Run(ScriptedSocket socket) =>
        Assert.Equal(ListenerFilterStatus.Continue, new OriginalDstProvider().CreateForWorker(null!, null!).Create(socket)!.OnAccept(socket));
}
