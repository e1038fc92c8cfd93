using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Sockets;

/// <summary>What a listener's fields do to real sockets.</summary>
public sealed class ListenSocketTests
{
    private const int Protocol = 38;
    private const int MptcpProtocol = 262;
    private const int OperationNotPermitted = 1;

    private static readonly SocketApi s_sockets = LinuxSockets.Instance;
    private static readonly NetworkAddress s_loopback = NetworkAddress.FromIPv4(0x7F000001, 0);

    [Fact]
    public void KeepAlive_ReachesAcceptedSockets()
    {
        int accepted = AcceptOne(new ListenSocketOptions { KeepAlive = new TcpKeepAliveConfig(3, 30, 10) });
        Assert.Equal(1, Get(accepted, SocketOptions.LevelSocket, SocketOptions.KeepAlive));
        Assert.Equal(3, Get(accepted, SocketOptions.LevelTcp, SocketOptions.TcpKeepCount));
        Assert.Equal(30, Get(accepted, SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle));
        Assert.Equal(10, Get(accepted, SocketOptions.LevelTcp, SocketOptions.TcpKeepInterval));
        Assert.Equal(1, Get(accepted, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay));
        s_sockets.Close(accepted);
    }

    [Theory]
    [InlineData(0, 30, 10)]
    [InlineData(3, 0, 10)]
    [InlineData(3, 30, 0)]
    public void KeepAliveWithAZero_IsOff(int probes, int time, int interval)
    {
        int accepted = AcceptOne(new ListenSocketOptions { KeepAlive = new TcpKeepAliveConfig(probes, time, interval) });
        Assert.Equal(0, Get(accepted, SocketOptions.LevelSocket, SocketOptions.KeepAlive));
        s_sockets.Close(accepted);
    }

    [Fact]
    public void Freebind_TakesAnAddressThisMachineDoesNotHave()
    {
        NetworkAddress foreign = NetworkAddress.FromIPv4(0xC0000207, 0); // 192.0.2.7, of documentation.
        Assert.True(ListenSocket.Bind(s_sockets, foreign, new ListenSocketOptions(), out string? error) < 0);
        Assert.Equal("cannot bind '192.0.2.7:0': Cannot assign requested address", error);
        int fd = ListenSocket.Bind(s_sockets, foreign, new ListenSocketOptions { Freebind = true }, out error);
        Assert.Null(error);
        Assert.Equal(1, Get(fd, SocketOptions.LevelIp, SocketOptions.IpFreebind));
        s_sockets.Close(fd);
    }

    [Fact]
    public void Transparent_IsSetWhereThePrivilegeIsThere()
    {
        int fd = ListenSocket.Bind(s_sockets, NetworkAddress.FromIPv4(0xC0000207, 0), new ListenSocketOptions { Transparent = true }, out string? error);
        Assert.SkipWhen(fd == -OperationNotPermitted, $"transparent sockets take CAP_NET_ADMIN: {error}");
        Assert.Null(error); // Bound to an address that this machine does not have, which it allows too.
        Assert.Equal(1, Get(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent));
        s_sockets.Close(fd);
    }

    [Fact]
    public void FastOpen_HasItsQueue()
    {
        int fd = Listening(new ListenSocketOptions { FastOpenQueueLength = 11 }, s_loopback);
        Assert.Equal(11, Get(fd, SocketOptions.LevelTcp, SocketOptions.TcpFastOpen));
        s_sockets.Close(fd);
    }

    [Fact]
    public void Mptcp_IsTheProtocol_OrItsLackIsSaid()
    {
        int fd = ListenSocket.Bind(s_sockets, s_loopback, new ListenSocketOptions { Mptcp = true }, out string? error);
        if (fd < 0)
        {
            Assert.StartsWith("cannot create a socket for '127.0.0.1:0': ", error, StringComparison.Ordinal);
            Assert.Skip($"this kernel has no MPTCP: {error}");
        }

        Assert.Equal(MptcpProtocol, Get(fd, SocketOptions.LevelSocket, Protocol));
        s_sockets.Close(fd);
    }

    private static int AcceptOne(ListenSocketOptions options)
    {
        int listening = Listening(options, s_loopback);
        int client = s_sockets.Socket(AddressKind.IPv4);
        int connected = s_sockets.Connect(client, s_sockets.GetLocalAddress(listening)!);
        Assert.True(connected is 0 or -Errno.InProgress, $"connect: {connected}");
        int accepted = -Errno.Again;
        Assert.True(SpinWait.SpinUntil(() => (accepted = s_sockets.Accept(listening, out _)) >= 0, TimeSpan.FromSeconds(20)));
        s_sockets.Close(client);
        s_sockets.Close(listening);
        return accepted;
    }

    private static int Listening(ListenSocketOptions options, NetworkAddress address)
    {
        int fd = ListenSocket.Bind(s_sockets, address, options, out string? error);
        Assert.Null(error);
        ListenSocket.Listen(s_sockets, fd, address, options, out error);
        Assert.Null(error);
        return fd;
    }

    private static int Get(int fd, int level, int name)
    {
        Span<byte> value = stackalloc byte[4];
        Assert.Equal(4, s_sockets.GetOption(fd, level, name, value));
        return BitConverter.ToInt32(value);
    }
}
