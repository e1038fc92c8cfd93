using System.Net;
using System.Net.Sockets;
using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.TcpProxy;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using TcpListener = Nuncio.IO.Network.TcpListener;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

/// <summary>One proxied connection over real epoll and loopback sockets; the test's thread is client, upstream and worker in turn.</summary>
internal sealed class LoopbackProxy : IListenerCallbacks, IDrainables, IDisposable
{
    private readonly Dispatcher _dispatcher;
    private readonly EpollPoller _poller = new();
    private readonly NetworkFilterMaker _maker;
    private readonly TcpListener _listener;
    private readonly Socket _client;
    private readonly Socket _upstream;
    private readonly byte[] _room = new byte[1 << 20];

    internal LoopbackProxy(Func<TcpProxyConfig, TcpProxyConfig> change)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        _dispatcher = new Dispatcher("main", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        Stats = new StatsStore(1);
        WorkerContext worker = new(_dispatcher, Stats);
        ClusterManager clusters = new(_dispatcher, Stats.Root(), [worker], new SystemDnsResolver(_dispatcher));
        clusters.AddOrUpdate(NetworkFilterFixture.ClusterOf("up", server.LocalEndPoint!.ToString()!));
        TcpProxyProvider provider = new(change(new TcpProxyConfig { StatPrefix = "p", Clusters = ClusterChoice.Of("up") }));
        _maker = provider.CreateForWorker(worker, new ListenerContext("l", worker.Stats.SubScope("listener.l"), new DrainState(), 1 << 20));
        NetworkAddress address = NetworkAddress.FromIPv4(0x7F000001, 0);
        int fd = ListenSocket.Bind(LinuxSockets.Instance, address, new ListenSocketOptions(), out _);
        ListenSocket.Listen(LinuxSockets.Instance, fd, address, new ListenSocketOptions(), out _);
        _listener = new TcpListener(_dispatcher, fd, address, this);
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client.Connect(new IPEndPoint(IPAddress.Loopback, _listener.Address.Port));
        while (!server.Poll(0, SelectMode.SelectRead))
        {
            _dispatcher.RunOnce(1_000_000);
        }

        _upstream = server.Accept();
        _upstream.NoDelay = true;
        Exchange([1]);
    }

    internal StatsStore Stats { get; }

    public void OnAccepted(int fd, NetworkAddress remote)
    {
        Connection connection = new(_dispatcher, fd, new RawTransportSocket(), _listener.AcceptedLocalAddress, remote);
        connection.SetBufferLimit(1 << 20);
        connection.NoDelay(true);
        _maker.AddTo(connection, new AcceptedConnection(null, this));
        connection.Initialize();
    }

    public void OnAcceptFailed(int error) => Assert.Fail($"accept failed: {error}");

    public void Add(IDrainable drainable)
    {
    }

    public void Remove(IDrainable drainable)
    {
    }

    public void Dispose()
    {
        _client.Dispose();
        _upstream.Dispose();
        _listener.Dispose();
        for (int i = 0; i < 10; i++)
        {
            _dispatcher.RunOnce(0);
        }

        _poller.Dispose();
    }

    /// <summary>The client sends the bytes and the upstream sends as many back; both arrive whole.</summary>
    internal void Exchange(byte[] data)
    {
        Move(_client, _upstream, data);
        Move(_upstream, _client, data);
    }

    private void Move(Socket from, Socket to, byte[] data)
    {
        int sent = 0;
        int received = 0;
        while (received < data.Length)
        {
            if (sent < data.Length && from.Poll(0, SelectMode.SelectWrite))
            {
                sent += from.Send(data.AsSpan(sent, Math.Min(data.Length - sent, 65536)));
            }

            _dispatcher.RunOnce(1_000_000);
            while (to.Available > 0)
            {
                received += to.Receive(_room);
            }
        }
    }
}
