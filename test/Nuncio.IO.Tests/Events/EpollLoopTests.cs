using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Events;

/// <summary>The same loop over the system's epoll and loopback sockets: the test thread runs it until what it waits for has come.</summary>
public sealed class EpollLoopTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;

    public EpollLoopTests() =>
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));

    public void Dispose() => _poller.Dispose();

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    [InlineData("@nuncio-epoll-loop-test")]
    [InlineData("/tmp/nuncio-epoll-loop-test.sock")]
    public void EchoOverRealSockets_BytesComeBackAndBothEndsClose(string listenAddress)
    {
        using EchoServer server = new(_dispatcher, listenAddress);
        Client client = new(Connection.Connect(_dispatcher, server.Address, new RawTransportSocket(), ConnectOptions.Default));
        client.Send("hello");
        RunUntil(() => client.Received.Length >= 5);
        Assert.Equal("hello", client.Received.ToString());
        Assert.Equal(server.Address, client.Connection.RemoteAddress);
        if (server.Address.IsIp)
        {
            Assert.Equal(client.Connection.LocalAddress, server.Connections[0].RemoteAddress);
        }

        client.Connection.Close(ConnectionCloseType.FlushWrite, "test");
        RunUntil(() => server.Closed == 1);
        LinuxSockets.RemovePipe(server.Address);
    }

    [Fact]
    public void LargeTransfer_ArrivesWholeUnderBackPressure()
    {
        using EchoServer server = new(_dispatcher, "127.0.0.1:0");
        Client client = new(Connection.Connect(_dispatcher, server.Address, new RawTransportSocket(), ConnectOptions.Default));
        const int Total = 20_000_000;
        byte[] pattern = new byte[100_000];
        new RandomSource(7).Fill(pattern);
        string chunk = Encoding.Latin1.GetString(pattern);
        int sent = 0;
        RunUntil(() =>
        {
            while (sent < Total && !client.Connection.IsAboveHighWatermark)
            {
                client.Send(chunk);
                sent += pattern.Length;
            }

            return client.Received.Length >= Total;
        });
        Assert.Equal(Total, client.Received.Length);
        for (int at = 0; at < Total; at += pattern.Length)
        {
            Assert.Equal(chunk, client.Received.ToString(at, pattern.Length));
        }

        Assert.Equal(0, _dispatcher.Blocks.Rented);
    }

    [Fact]
    public void NobodyListens_IsRefusedWithTheSystemsWords()
    {
        Assert.True(NetworkAddress.TryParseIpAndPort("127.0.0.1:1", out NetworkAddress? nobody));
        Client client = new(Connection.Connect(_dispatcher, nobody!, new RawTransportSocket(), ConnectOptions.Default));
        RunUntil(() => client.Events.Count > 0);
        Assert.Equal([ConnectionEvent.RemoteClose], client.Events);
        Assert.Equal("delayed connect error: Connection refused", client.Connection.TransportFailureReason);
    }

    [Fact]
    public void NoSuchPipe_FailsAtOnceButIsToldLater()
    {
        NetworkAddress nobody = NetworkAddress.FromPipe("/nonexistent/nuncio.sock");
        Client client = new(Connection.Connect(_dispatcher, nobody, new RawTransportSocket(), ConnectOptions.Default));
        Assert.Empty(client.Events);
        RunUntil(() => client.Events.Count > 0);
        Assert.Equal(
            "immediate connect error: No such file or directory|remote address:/nonexistent/nuncio.sock",
            client.Connection.TransportFailureReason);
    }

    [Fact]
    public void IPv4Compat_TakesIPv4AndShowsItAsSuch()
    {
        using EchoServer server = new(_dispatcher, "[::]:0", new ListenSocketOptions { IPv4Compat = true });
        NetworkAddress target = NetworkAddress.FromIPv4(0x7F000001, server.Address.Port);
        Client client = new(Connection.Connect(_dispatcher, target, new RawTransportSocket(), ConnectOptions.Default));
        client.Send("x");
        RunUntil(() => client.Received.Length == 1);
        Assert.Equal("127.0.0.1", server.Connections[0].RemoteAddress.IpText);
        Assert.Equal(target, server.Connections[0].LocalAddress);
    }

    [Fact]
    public void WithoutIPv4Compat_IPv4IsRefused()
    {
        using EchoServer server = new(_dispatcher, "[::]:0");
        NetworkAddress target = NetworkAddress.FromIPv4(0x7F000001, server.Address.Port);
        Client client = new(Connection.Connect(_dispatcher, target, new RawTransportSocket(), ConnectOptions.Default));
        RunUntil(() => client.Events.Count > 0);
        Assert.Equal([ConnectionEvent.RemoteClose], client.Events);
    }

    [Fact]
    public void ReusePort_TwoSocketsShareAPort_WithoutItTheSecondIsRefused()
    {
        SocketApi sockets = LinuxSockets.Instance;
        NetworkAddress any = NetworkAddress.FromIPv4(0x7F000001, 0);
        int first = ListenSocket.Bind(sockets, any, new ListenSocketOptions(), out string? error);
        Assert.Null(error);
        NetworkAddress address = sockets.GetLocalAddress(first)!;
        int second = ListenSocket.Bind(sockets, address, new ListenSocketOptions(), out error);
        Assert.Null(error);
        Assert.Equal(0, ListenSocket.Listen(sockets, first, address, new ListenSocketOptions(), out _));
        int third = ListenSocket.Bind(sockets, address, new ListenSocketOptions { ReusePort = false }, out error);
        Assert.True(third < 0);
        Assert.Equal($"cannot bind '{address}': Address already in use", error);
        sockets.Close(first);
        sockets.Close(second);
    }

    [Fact]
    public void SocketOptions_AreSetInTheirStates()
    {
        SocketApi sockets = LinuxSockets.Instance;
        ListenSocketOptions options = new()
        {
            KeepAlive = new TcpKeepAliveConfig(3, 30, 10),
            SocketOptions =
            [
                new SocketOptionConfig(SocketOptions.LevelSocket, SocketOptions.ReceiveBuffer, 65536),
                new SocketOptionConfig(SocketOptions.LevelSocket, SocketOptions.SendBuffer, 65536, SocketState.Listening),
            ],
        };
        NetworkAddress any = NetworkAddress.FromIPv4(0x7F000001, 0);
        int fd = ListenSocket.Bind(sockets, any, options, out _);
        int sendBuffer = Get(fd, SocketOptions.LevelSocket, SocketOptions.SendBuffer);
        ListenSocket.Listen(sockets, fd, any, options, out _);
        Assert.Equal(131072, Get(fd, SocketOptions.LevelSocket, SocketOptions.ReceiveBuffer));
        Assert.NotEqual(sendBuffer, Get(fd, SocketOptions.LevelSocket, SocketOptions.SendBuffer));
        Assert.Equal(1, Get(fd, SocketOptions.LevelSocket, SocketOptions.KeepAlive));
        Assert.Equal(30, Get(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle));
        Assert.Equal(3, Get(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepCount));
        Assert.Equal(10, Get(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepInterval));
        sockets.Close(fd);

        int failed = ListenSocket.Bind(
            sockets, any, new ListenSocketOptions { SocketOptions = [new SocketOptionConfig(1, 9999, 1)] }, out string? error);
        Assert.True(failed < 0);
        Assert.StartsWith("cannot set socket options for '127.0.0.1:0'", error, StringComparison.Ordinal);

        int Get(int socket, int level, int name)
        {
            Span<byte> value = stackalloc byte[4];
            Assert.Equal(4, sockets.GetOption(socket, level, name, value));
            return BitConverter.ToInt32(value);
        }
    }

    [Fact]
    public void AbortReset_ThePeerSeesAReset()
    {
        using EchoServer server = new(_dispatcher, "127.0.0.1:0");
        Client client = new(Connection.Connect(_dispatcher, server.Address, new RawTransportSocket(), ConnectOptions.Default));
        client.Send("x");
        RunUntil(() => client.Received.Length == 1);
        int fd = client.Connection.FileDescriptor;
        server.Connections[0].Close(ConnectionCloseType.AbortReset, "test");
        Assert.Equal(-Interop.Errno.ConnectionReset, LinuxSockets.Instance.Receive(fd, new byte[1]));
        RunUntil(() => client.Events.Contains(ConnectionEvent.RemoteClose));
    }

    [Fact]
    public void Timer_WakesTheSleepingLoopAndIsNotEarly()
    {
        long start = SystemClock.Instance.MonotonicNanos;
        OneShot shot = new();
        new Timer(_dispatcher.Timers, shot).Arm(TimeSpan.FromMilliseconds(20));
        RunUntil(() => shot.Fired);
        Assert.InRange(SystemClock.Instance.MonotonicNanos - start, 19_000_000, long.MaxValue);
    }

    [Fact]
    public void EchoInSteadyState_AllocatesNothing()
    {
        using EchoServer server = new(_dispatcher, "127.0.0.1:0");
        Client client = new(Connection.Connect(_dispatcher, server.Address, new RawTransportSocket(), ConnectOptions.Default))
        {
            Counts = true,
        };
        Buffer data = new(_dispatcher.Blocks);
        byte[] message = new byte[300];
        long target = 0;
        RoundTrips(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrips(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RoundTrips(int count)
        {
            for (int i = 0; i < count; i++)
            {
                data.Append(message);
                client.Connection.Write(data, endStream: false);
                target += message.Length;
                while (client.Count < target)
                {
                    _dispatcher.RunOnce(1_000_000_000);
                }
            }
        }
    }

    private void RunUntil(Func<bool> condition)
    {
        long deadline = SystemClock.Instance.MonotonicNanos + s_patience.Ticks * 100;
        while (!condition())
        {
            Assert.True(SystemClock.Instance.MonotonicNanos < deadline, "did not happen in time");
            _dispatcher.RunOnce(100_000_000);
        }
    }

    private sealed class OneShot : Nuncio.IO.Timers.ITimerHandler
    {
        internal bool Fired { get; private set; }

        public void OnTimer(Timer timer) => Fired = true;
    }

    private sealed class EchoServer : IListenerCallbacks, IDisposable
    {
        private readonly Dispatcher _dispatcher;
        private readonly TcpListener _listener;

        internal EchoServer(Dispatcher dispatcher, string address, ListenSocketOptions? options = null)
        {
            _dispatcher = dispatcher;
            options ??= new ListenSocketOptions();
            NetworkAddress parsed = Nuncio.Testing.Network.SimulatedNetwork.Parse(address);
            int fd = ListenSocket.Bind(dispatcher.Sockets, parsed, options, out string? error);
            Assert.Null(error);
            ListenSocket.Listen(dispatcher.Sockets, fd, parsed, options, out error);
            Assert.Null(error);
            _listener = new TcpListener(dispatcher, fd, parsed, this);
        }

        internal NetworkAddress Address => _listener.Address;

        internal List<Connection> Connections { get; } = [];

        internal int Closed { get; private set; }

        public void OnAccepted(int fd, NetworkAddress remote)
        {
            Connection connection = new(_dispatcher, fd, new RawTransportSocket(), _listener.AcceptedLocalAddress, remote);
            connection.SetBufferLimit(1024 * 1024);
            Echo echo = new(this);
            connection.AddReadFilter(echo);
            connection.AddCallbacks(echo);
            Connections.Add(connection);
            connection.Initialize();
        }

        public void OnAcceptFailed(int error) => Assert.Fail($"accept: {error}");

        public void Dispose() => _listener.Dispose();

        private sealed class Echo(EchoServer server) : IReadFilter, IConnectionCallbacks
        {
            private Connection _connection = null!;

            public void OnInitialize(Connection connection) => _connection = connection;

            public FilterStatus OnNewConnection() => FilterStatus.Continue;

            public FilterStatus OnData(Buffer data, bool endStream)
            {
                _connection.Write(data, endStream);
                return FilterStatus.StopIteration;
            }

            public void OnConnectionEvent(ConnectionEvent connectionEvent) =>
                server.Closed += connectionEvent == ConnectionEvent.Connected ? 0 : 1;

            public void OnAboveWriteBufferHighWatermark() => _connection.ReadDisable(true);

            public void OnBelowWriteBufferLowWatermark() => _connection.ReadDisable(false);
        }
    }

    private sealed class Client : IReadFilter, IConnectionCallbacks
    {
        internal Client(Connection connection)
        {
            Connection = connection;
            connection.AddReadFilter(this);
            connection.AddCallbacks(this);
        }

        internal Connection Connection { get; }

        internal StringBuilder Received { get; } = new();

        internal List<ConnectionEvent> Events { get; } = [];

        internal bool Counts { get; init; }

        internal long Count { get; private set; }

        public void OnInitialize(Connection connection)
        {
        }

        public FilterStatus OnNewConnection() => FilterStatus.Continue;

        public FilterStatus OnData(Buffer data, bool endStream)
        {
            Count += data.Length;
            if (!Counts)
            {
                Received.Append(Encoding.Latin1.GetString(data.ToArray()));
            }

            data.Clear();
            return FilterStatus.StopIteration;
        }

        public void OnConnectionEvent(ConnectionEvent connectionEvent) => Events.Add(connectionEvent);

        public void OnAboveWriteBufferHighWatermark()
        {
        }

        public void OnBelowWriteBufferLowWatermark()
        {
        }

        internal void Send(string text)
        {
            Buffer data = new(Connection.Dispatcher.Blocks);
            data.Append(Encoding.Latin1.GetBytes(text));
            Connection.Write(data, endStream: false);
        }
    }
}
