using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.IO.Tls;

namespace Nuncio.IO.Tests.Tls;

/// <summary>Memory of the process is measured, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(TlsLoopbackTests), DisableParallelization = true)]
public sealed class MeasuredAlone;

/// <summary>What has to be measured over the system's sockets: garbage and memory.</summary>
[Collection(nameof(TlsLoopbackTests))]
public sealed class TlsLoopbackTests : IListenerCallbacks, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;
    private readonly TcpListener _listener;
    private readonly TlsContext _server = TlsPair.Tls(TlsPair.Server with { AlpnProtocols = ["http/1.1"] });
    private readonly TlsContext _client = TlsPair.Tls(TlsPair.Client with { AlpnProtocols = ["http/1.1"] });
    private readonly List<Connection> _accepted = [];

    public TlsLoopbackTests()
    {
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        Assert.True(NetworkAddress.TryParseIpAndPort("127.0.0.1:0", out NetworkAddress? address));
        int fd = ListenSocket.Bind(LinuxSockets.Instance, address!, new ListenSocketOptions(), out _);
        ListenSocket.Listen(LinuxSockets.Instance, fd, address!, new ListenSocketOptions(), out _);
        _listener = new TcpListener(_dispatcher, fd, address!, this);
    }

    void IListenerCallbacks.OnAccepted(int fd, NetworkAddress remote)
    {
        Connection connection = new(_dispatcher, fd, new TlsTransportSocket(_server), _listener.AcceptedLocalAddress, remote);
        Echo echo = new(connection);
        connection.AddReadFilter(echo);
        connection.AddCallbacks(echo);
        _accepted.Add(connection);
        connection.Initialize();
    }

    void IListenerCallbacks.OnAcceptFailed(int error) => Assert.Fail($"accept failed: {error}");

    public void Dispose()
    {
        _listener.Dispose();
        _poller.Dispose();
    }

    [Theory]
    [InlineData(900)]
    [InlineData(100_000)]
    public void EchoAfterTheHandshake_AllocatesNothing(int size)
    {
        Client client = Connect();
        byte[] bytes = Encoding.ASCII.GetBytes(TlsTransportSocketTests.Text(size));
        for (int i = 0; i < 300; i++)
        {
            client.RoundTrip(bytes);
        }

        long best = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                client.RoundTrip(bytes);
            }

            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, best);
    }

    /// <summary>
    /// Both ends are in this process, and the client's holds the server's certificate: 16 KiB and 40. Record buffers that were kept would
    /// add 34 KiB to each.
    /// </summary>
    [Fact]
    public void IdleConnections_GiveTheirRecordBuffersBack()
    {
        const int Count = 400;
        const long MostBytes = (16 + 40) * 1024;
        Client warm = Connect();
        warm.RoundTrip(Encoding.ASCII.GetBytes(TlsTransportSocketTests.Text(20_000)));
        List<Client> clients = [];
        long before = ResidentBytes();
        for (int i = 0; i < Count; i++)
        {
            clients.Add(Connect());
            clients[^1].RoundTrip("ping"u8.ToArray());
        }

        long each = (ResidentBytes() - before) / Count;
        Assert.InRange(each, long.MinValue, MostBytes); // What earlier tests have given back may be more than is taken.
        GC.KeepAlive(clients);
    }

    [Fact]
    public void ManyHandshakes_LeakNoNativeMemory()
    {
        const long MostBytes = 4 * 1024 * 1024;
        void Round(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Client client = Connect();
                client.RoundTrip("ping"u8.ToArray());
                client.Connection.Close(ConnectionCloseType.NoFlush, "test");
                RunUntil(() => _accepted.TrueForAll(c => c.State == ConnectionState.Closed));
                _accepted.Clear();
            }
        }

        Round(300);
        long before = ResidentBytes();
        Round(1000);
        Assert.InRange(ResidentBytes() - before, long.MinValue, MostBytes); // A leak of one SSL each would be 10 MB and more.
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
    }

    private Client Connect()
    {
        Client client = new(this);
        RunUntil(() => client.IsConnected);
        return client;
    }

    private void RunUntil(Func<bool> condition)
    {
        long end = SystemClock.Instance.MonotonicNanos + s_patience.Ticks * 100;
        while (!condition())
        {
            Assert.True(SystemClock.Instance.MonotonicNanos < end, "nothing more happens");
            _dispatcher.RunOnce(10_000_000);
        }
    }

    private sealed class Echo(Connection connection) : IReadFilter, IConnectionCallbacks
    {
        public void OnInitialize(Connection _)
        {
        }

        public FilterStatus OnNewConnection() => FilterStatus.Continue;

        public FilterStatus OnData(Buffer data, bool endStream)
        {
            connection.Write(data, endStream);
            return FilterStatus.StopIteration;
        }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnAboveWriteBufferHighWatermark()
        {
        }

        public void OnBelowWriteBufferLowWatermark()
        {
        }
    }

    private sealed class Client : IReadFilter, IConnectionCallbacks
    {
        private readonly TlsLoopbackTests _owner;
        private readonly Buffer _request;
        private int _received;

        internal Client(TlsLoopbackTests owner)
        {
            _owner = owner;
            _request = new Buffer(owner._dispatcher.Blocks);
            TlsTransportSocket socket = new(owner._client, "www.example.com", null);
            Connection = Connection.Connect(owner._dispatcher, owner._listener.Address, socket, ConnectOptions.Default);
            Connection.AddReadFilter(this);
            Connection.AddCallbacks(this);
        }

        internal Connection Connection { get; }

        internal bool IsConnected { get; private set; }

        internal void RoundTrip(byte[] bytes)
        {
            _received = 0;
            _request.Append(bytes);
            Connection.Write(_request, endStream: false);
            for (int turn = 0; _received < bytes.Length; turn++)
            {
                Assert.True(turn < 1_000_000);
                _owner._dispatcher.RunOnce(1_000_000_000);
            }
        }

        public void OnInitialize(Connection _)
        {
        }

        public FilterStatus OnNewConnection() => FilterStatus.Continue;

        public FilterStatus OnData(Buffer data, bool endStream)
        {
            _received += data.Length;
            data.Clear();
            return FilterStatus.StopIteration;
        }

        public void OnConnectionEvent(ConnectionEvent connectionEvent) => IsConnected |= connectionEvent == ConnectionEvent.Connected;

        public void OnAboveWriteBufferHighWatermark()
        {
        }

        public void OnBelowWriteBufferLowWatermark()
        {
        }
    }
}
