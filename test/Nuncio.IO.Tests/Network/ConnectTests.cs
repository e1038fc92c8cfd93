using Nuncio.IO.Interop;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

public sealed class ConnectTests : IDisposable
{
    private const string Upstream = "10.0.0.1:8080";
    private readonly SimulatedLoop _loop = new();
    private readonly Recorder _recorder = new();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void UpstreamListens_ConnectedThenBytesBothWays()
    {
        SimulatedServer server = _loop.Network.Listen(Upstream);
        Connection connection = Connect();
        Assert.Equal(ConnectionState.Connecting, connection.State);
        Send(connection, "early");
        _loop.RunUntilIdle();
        Assert.Equal(["Connected"], _recorder.Events);
        SimulatedPeer peer = server.Accept();
        Assert.Equal("early", peer.ReadText());
        peer.Write("hello");
        _loop.RunUntilIdle();
        Assert.Equal("hello", _recorder.Received);
        Assert.Equal(["Connected", "new"], _recorder.Events);
        Assert.Null(connection.TransportFailureReason);
        Assert.Equal([1, 0, 0, 0], _loop.Network.OptionOf(connection.FileDescriptor, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay));
    }

    [Fact]
    public void NobodyListens_FailsLaterWithEnvoysWords()
    {
        Connection connection = Connect();
        Assert.Empty(_recorder.Events);
        _loop.RunUntilIdle();
        Assert.Equal(["RemoteClose"], _recorder.Events);
        Assert.Equal("delayed connect error: Connection refused", connection.TransportFailureReason);
        Assert.Equal(0, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void ConnectFailsAtOnce_IsToldFromTheLoopWithTheAddress()
    {
        _loop.Network.FailConnects(Upstream, Errno.NetworkUnreachable);
        Connection connection = Connect();
        Assert.Empty(_recorder.Events);
        _loop.RunUntilIdle();
        Assert.Equal(["RemoteClose"], _recorder.Events);
        Assert.Equal(
            "immediate connect error: Network is unreachable|remote address:10.0.0.1:8080", connection.TransportFailureReason);
        Assert.Equal(0, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void NoDescriptorLeft_FailsLocallyFromTheLoop()
    {
        _loop.Network.DescriptorLimit = 0;
        Connection connection = Connect();
        _loop.RunUntilIdle();
        Assert.Equal(["LocalClose"], _recorder.Events);
        Assert.StartsWith("socket creation failure", connection.TransportFailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void SourceAddressCannotBeBound_FailsLocallyAndCounts()
    {
        int taken = _loop.Network.Sockets.Socket(AddressKind.IPv4);
        _loop.Network.Sockets.Bind(taken, SimulatedNetwork.Parse("10.9.9.9:5"));
        ConnectOptions options = new() { SourceAddress = SimulatedNetwork.Parse("10.9.9.9:5") };
        Connection connection = Connect(options);
        _loop.RunUntilIdle();
        Assert.Equal(["LocalClose"], _recorder.Events);
        Assert.Equal("failed to bind to 10.9.9.9:5: Address already in use", connection.TransportFailureReason);
    }

    [Fact]
    public void SourceAddressIsFree_IsUsed()
    {
        SimulatedServer server = _loop.Network.Listen(Upstream);
        Connect(new ConnectOptions { SourceAddress = SimulatedNetwork.Parse("10.9.9.9:5") });
        _loop.RunUntilIdle();
        Assert.Equal("10.9.9.9:5", server.Accept().RemoteAddress.ToString());
    }

    [Fact]
    public void ConnectHangs_CloseEndsIt()
    {
        _loop.Network.HangConnects(Upstream);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ConnectionState.Connecting, connection.State);
        connection.Close(ConnectionCloseType.NoFlush, "connect_timeout");
        Assert.Equal(["LocalClose"], _recorder.Events);
        _loop.RunUntilIdle();
        Assert.Equal(0, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void ClosedBeforeAnImmediateFailureIsTold_OneEvent()
    {
        _loop.Network.FailConnects(Upstream, Errno.NetworkUnreachable);
        Connection connection = Connect();
        connection.Close(ConnectionCloseType.NoFlush, "test");
        _loop.RunUntilIdle();
        Assert.Equal(["LocalClose"], _recorder.Events);
    }

    [Fact]
    public void ConnectTakesTime_ConnectedAfterIt()
    {
        _loop.Network.Listen(Upstream);
        _loop.Network.Latency = TimeSpan.FromMilliseconds(30);
        Connect();
        _loop.Advance(TimeSpan.FromMilliseconds(29));
        Assert.Empty(_recorder.Events);
        _loop.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["Connected"], _recorder.Events);
    }

    private Connection Connect(ConnectOptions? options = null)
    {
        Connection connection = Connection.Connect(
            _loop.Dispatcher, SimulatedNetwork.Parse(Upstream), new RawTransportSocket(), options ?? ConnectOptions.Default);
        connection.AddReadFilter(_recorder);
        connection.AddCallbacks(_recorder);
        return connection;
    }

    private void Send(Connection connection, string text)
    {
        Buffer data = new(_loop.Dispatcher.Blocks);
        data.Append(System.Text.Encoding.Latin1.GetBytes(text));
        connection.Write(data, endStream: false);
    }
}
