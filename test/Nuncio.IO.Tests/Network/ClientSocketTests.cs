using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Network;

/// <summary>What client and listening sockets are to the system: asked of the system itself.</summary>
public sealed class ClientSocketTests : IDisposable
{
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;
    private readonly int _listener;
    private readonly NetworkAddress _target;

    public ClientSocketTests()
    {
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        NetworkAddress any = NetworkAddress.FromIPv4(0x7F000001, 0);
        ListenSocketOptions options = new() { Backlog = 37 };
        _listener = ListenSocket.Bind(LinuxSockets.Instance, any, options, out _);
        Assert.Equal(0, ListenSocket.Listen(LinuxSockets.Instance, _listener, any, options, out _));
        _target = LinuxSockets.Instance.GetLocalAddress(_listener)!;
    }

    public void Dispose()
    {
        LinuxSockets.Instance.Close(_listener);
        _poller.Dispose();
    }

    [Fact]
    public void KeepAlive_IsOnTheConnection()
    {
        Connection connection = Connect(new ConnectOptions { KeepAlive = new TcpKeepAliveConfig(4, 20, 5) });
        Assert.Equal(1, Option(connection, SocketOptions.LevelSocket, SocketOptions.KeepAlive));
        Assert.Equal(4, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpKeepCount));
        Assert.Equal(20, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle));
        Assert.Equal(5, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpKeepInterval));
        Assert.Equal(1, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay));
        connection.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void NoKeepAlive_LeavesTheSystemsDefault()
    {
        Connection connection = Connect(ConnectOptions.Default);
        Assert.Equal(0, Option(connection, SocketOptions.LevelSocket, SocketOptions.KeepAlive));
        connection.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void SourceAddressWithoutPort_IsBoundAndGivesItsPortToTheKernel()
    {
        Connection connection = Connect(new ConnectOptions
        {
            Sources = [new ConnectSource(NetworkAddress.FromIPv4(0x7F000009, 0), [])],
        });
        Assert.Equal("127.0.0.9", connection.LocalAddress!.IpText);
        Assert.NotEqual(0, connection.LocalAddress.Port);
        Assert.Equal(1, Option(connection, SocketOptions.LevelIp, SocketOptions.IpBindAddressNoPort));
        connection.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void SourceOfTheConnection_WinsOverTheClusters()
    {
        Connection connection = Connect(new ConnectOptions
        {
            Sources = [new ConnectSource(NetworkAddress.FromIPv4(0x7F000009, 0), [])],
            SourceAddress = NetworkAddress.FromIPv4(0x7F000008, 0),
        });
        Assert.Equal("127.0.0.8", connection.LocalAddress!.IpText);
        connection.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void Freebind_BindsAnAddressThatIsNotHere()
    {
        // 192.0.2.0/24 is for documentation (RFC 5737): nobody has it.
        NetworkAddress foreign = NetworkAddress.FromIPv4(0xC0000207, 0);
        Connection connection = Connect(new ConnectOptions { Sources = [new ConnectSource(foreign, [])], Freebind = true });
        Assert.True(connection.TransportFailureReason is null || !connection.TransportFailureReason.StartsWith("failed to bind", StringComparison.Ordinal));
        connection.Close(ConnectionCloseType.NoFlush, "test");

        Connection refused = Connect(new ConnectOptions { Sources = [new ConnectSource(foreign, [])] });
        Assert.Equal("failed to bind to 192.0.2.7:0: Cannot assign requested address", refused.TransportFailureReason);
        refused.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void SocketOptions_AreSetOnSocketsOfTheirKindOnly()
    {
        Connection connection = Connect(new ConnectOptions
        {
            Sources =
            [
                new ConnectSource(
                    null,
                    [
                        new SocketOptionConfig(SocketOptions.LevelSocket, SocketOptions.ReceiveBuffer, 65536),
                        new SocketOptionConfig(SocketOptions.LevelSocket, SocketOptions.SendBuffer, 65536) { OnlyFor = AddressKind.IPv6 },
                        new SocketOptionConfig(SocketOptions.LevelTcp, SocketOptions.TcpKeepCount, 7, SocketState.Bound),
                        new SocketOptionConfig(SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle, 70, SocketState.Listening),
                    ]),
            ],
        });
        Assert.Equal(131072, Option(connection, SocketOptions.LevelSocket, SocketOptions.ReceiveBuffer));
        Assert.NotEqual(131072, Option(connection, SocketOptions.LevelSocket, SocketOptions.SendBuffer));
        Assert.Equal(7, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpKeepCount));
        Assert.Equal(70, Option(connection, SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle));
        connection.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void UnknownSocketOption_FailsLocally()
    {
        Connection connection = Connect(new ConnectOptions { Sources = [new ConnectSource(null, [new SocketOptionConfig(1, 9999, 1)])] });
        Recorder recorder = new();
        connection.AddCallbacks(recorder);
        _dispatcher.RunOnce(0);
        Assert.Equal(["LocalClose"], recorder.Events);
        Assert.Equal("socket option failure", connection.TransportFailureReason);
    }

    [Fact]
    public void Backlog_IsWhatListenWasGiven()
    {
        // struct tcp_info of a listening socket: tcpi_sacked is its longest queue.
        Span<byte> info = stackalloc byte[104];
        Assert.True(LinuxSockets.Instance.GetOption(_listener, SocketOptions.LevelTcp, SocketOptions.TcpInfo, info) >= 32);
        Assert.Equal(37, BitConverter.ToInt32(info[28..]));
    }

    [Fact]
    public void SocketPair_CarriesAConnectionBothWays()
    {
        Assert.Equal(0, LinuxSockets.Instance.SocketPair(out int ours, out int theirs));
        Recorder recorder = new();
        NetworkAddress address = NetworkAddress.FromInternal("inside", "1");
        Connection client = Connection.ConnectOver(_dispatcher, ours, address, new RawTransportSocket(), ConnectOptions.Default);
        client.AddReadFilter(recorder);
        client.AddCallbacks(recorder);
        _dispatcher.RunOnce(0);
        Assert.Contains("Connected", recorder.Events);
        Assert.Equal("envoy://inside/1", client.RemoteAddress.ToString());
        Assert.Equal(2, LinuxSockets.Instance.Send(theirs, "hi"u8));
        _dispatcher.RunOnce(1_000_000_000);
        Assert.Equal("hi", recorder.Received);
        LinuxSockets.Instance.Close(theirs);
        _dispatcher.RunOnce(1_000_000_000);
        Assert.Contains("RemoteClose", recorder.Events);
    }

    [Fact]
    public void NoDescriptor_IsARefusedConnectFromTheLoop()
    {
        NetworkAddress address = NetworkAddress.FromInternal("nobody");
        Connection client = Connection.ConnectOver(_dispatcher, -1, address, new RawTransportSocket(), ConnectOptions.Default);
        Recorder recorder = new();
        client.AddCallbacks(recorder);
        Assert.Empty(recorder.Events);
        _dispatcher.RunOnce(0);
        Assert.Equal(["RemoteClose"], recorder.Events);
        Assert.Equal("immediate connect error: Connection refused|remote address:envoy://nobody/", client.TransportFailureReason);
    }

    private static int Option(Connection connection, int level, int name)
    {
        Span<byte> value = stackalloc byte[4];
        Assert.Equal(4, LinuxSockets.Instance.GetOption(connection.FileDescriptor, level, name, value));
        return BitConverter.ToInt32(value);
    }

    private Connection Connect(ConnectOptions options) => Connection.Connect(_dispatcher, _target, new RawTransportSocket(), options);
}
