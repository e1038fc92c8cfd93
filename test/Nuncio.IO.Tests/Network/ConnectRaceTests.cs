using Nuncio.IO.Interop;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

/// <summary>Several addresses of one host: RFC 8305, section 5.</summary>
public sealed class ConnectRaceTests : IDisposable
{
    private const string First = "[2001:db8::1]:80";
    private const string Second = "10.0.0.1:80";
    private const string Third = "[2001:db8::2]:80";

    private readonly SimulatedLoop _loop = new();
    private readonly Recorder _recorder = new();
    private readonly Attempts _attempts = new();

    public void Dispose()
    {
        Assert.Empty(_loop.Contained);
        _loop.Dispose();
    }

    [Fact]
    public void FirstAddressConnects_OthersAreNotTried()
    {
        _loop.Network.Listen(First);
        SimulatedServer second = _loop.Network.Listen(Second);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Connected"], _recorder.Events);
        Assert.Equal(First, connection.RemoteAddress.ToString());
        Assert.False(second.HasWaiting);
        Assert.Equal(0, _attempts.More);
        Assert.Equal(1, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void FirstAddressHangs_SecondIsTriedAfter300Milliseconds()
    {
        _loop.Network.HangConnects(First);
        SimulatedServer second = _loop.Network.Listen(Second);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromMilliseconds(299));
        Assert.Equal(ConnectionState.Connecting, connection.State);
        Assert.False(second.HasWaiting);
        _loop.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(["Connected"], _recorder.Events);
        Assert.Equal(Second, connection.RemoteAddress.ToString());
        Assert.Equal(Second, connection.DirectRemoteAddress.ToString());
        Assert.Equal(1, _attempts.More);
        Assert.Equal(1, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void FirstAddressRefuses_SecondIsTriedAtOnce()
    {
        _loop.Network.FailConnects(First);
        SimulatedServer second = _loop.Network.Listen(Second);
        Connection connection = Connect();
        _loop.RunUntilIdle();
        Assert.Equal(["Connected"], _recorder.Events);
        SimulatedPeer peer = second.Accept();
        peer.Write("hello");
        _loop.RunUntilIdle();
        Assert.Equal("hello", _recorder.Received);
        Send(connection, "back");
        _loop.RunUntilIdle();
        Assert.Equal("back", peer.ReadText());
    }

    [Fact]
    public void SlowFirstAndSlowerSecond_FirstToConnectWins()
    {
        _loop.Network.Latency = TimeSpan.FromMilliseconds(400);
        SimulatedServer first = _loop.Network.Listen(First);
        _loop.Network.Listen(Second);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromMilliseconds(401));
        Assert.Equal(["Connected"], _recorder.Events);
        Assert.Equal(First, connection.RemoteAddress.ToString());
        Assert.Equal(1, _attempts.More);
        _loop.Advance(TimeSpan.FromSeconds(2));
        first.Accept();
        Assert.Equal(1, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void BytesBeforeTheWinnerIsKnown_AreSentToIt()
    {
        _loop.Network.HangConnects(First);
        SimulatedServer second = _loop.Network.Listen(Second);
        Connection connection = Connect();
        Send(connection, "early");
        _loop.Advance(TimeSpan.FromMilliseconds(301));
        Assert.Equal("early", second.Accept().ReadText());
    }

    [Fact]
    public void NoAddressConnects_LastReasonIsTold()
    {
        _loop.Network.FailConnects(First);
        _loop.Network.FailConnects(Second, Errno.HostUnreachable);
        _loop.Network.FailConnects(Third, Errno.TimedOut);
        Connection connection = Connect();
        _loop.RunUntilIdle();
        Assert.Equal(["RemoteClose"], _recorder.Events);
        Assert.Equal("delayed connect error: Connection timed out", connection.TransportFailureReason);
        Assert.Equal(2, _attempts.More);
        Assert.Equal(0, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void EveryAddressFailsInsideTheCall_IsToldFromTheLoop()
    {
        _loop.Network.FailConnects(First, Errno.NetworkUnreachable);
        _loop.Network.FailConnects(Second, Errno.NetworkUnreachable);
        _loop.Network.FailConnects(Third, Errno.NetworkUnreachable);
        Connection connection = Connect();
        Assert.Empty(_recorder.Events);
        _loop.RunUntilIdle();
        Assert.Equal(["RemoteClose"], _recorder.Events);
        Assert.Equal(
            "immediate connect error: Network is unreachable|remote address:[2001:db8::2]:80", connection.TransportFailureReason);
    }

    [Fact]
    public void OneFailsWhileAnotherRuns_TheOtherGoesOn()
    {
        _loop.Network.HangConnects(First);
        _loop.Network.HangConnects(Second);
        _loop.Network.FailConnects(Third);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromMilliseconds(601));
        Assert.Equal(ConnectionState.Connecting, connection.State);
        Assert.Equal(2, _loop.Network.OpenDescriptors);
    }

    [Fact]
    public void ClosedWhileConnecting_EveryDescriptorGoes()
    {
        _loop.Network.HangConnects(First);
        _loop.Network.HangConnects(Second);
        _loop.Network.HangConnects(Third);
        Connection connection = Connect();
        _loop.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal(3, _loop.Network.OpenDescriptors);
        connection.Close(ConnectionCloseType.NoFlush, "connect_timeout");
        Assert.Equal(["LocalClose"], _recorder.Events);
        _loop.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _loop.Network.OpenDescriptors);
        Assert.Equal(["LocalClose"], _recorder.Events);
    }

    [Fact]
    public void SourceOfTheAddressFamily_IsUsed()
    {
        SimulatedServer second = _loop.Network.Listen(Second);
        _loop.Network.FailConnects(First);
        Connect(new ConnectOptions
        {
            Sources =
            [
                new ConnectSource(SimulatedNetwork.Parse("[2001:db8::9]:7"), []),
                new ConnectSource(SimulatedNetwork.Parse("10.9.9.9:5"), []),
            ],
        });
        _loop.RunUntilIdle();
        Assert.Equal("10.9.9.9:5", second.Accept().RemoteAddress.ToString());
    }

    private Connection Connect(ConnectOptions? options = null)
    {
        Connection connection = Connection.Connect(
            _loop.Dispatcher,
            [SimulatedNetwork.Parse(First), SimulatedNetwork.Parse(Second), SimulatedNetwork.Parse(Third)],
            new RawTransportSocket(),
            options ?? ConnectOptions.Default,
            _attempts);
        connection.AddReadFilter(_recorder);
        connection.AddCallbacks(_recorder);
        _recorder.NewConnectionStatus = FilterStatus.Continue;
        return connection;
    }

    private void Send(Connection connection, string text)
    {
        Buffer data = new(_loop.Dispatcher.Blocks);
        data.Append(System.Text.Encoding.Latin1.GetBytes(text));
        connection.Write(data, endStream: false);
    }

    private sealed class Attempts : IConnectObserver
    {
        internal int More { get; private set; }

        public void OnAnotherAttempt() => More++;
    }
}
