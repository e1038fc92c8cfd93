using System.Net;
using System.Net.Sockets;
using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.Streams;
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

/// <summary>
/// One proxied connection over real epoll and loopback sockets; the test's thread is client, upstream and worker in turn. The
/// client's and the upstream's sockets never block.
/// </summary>
internal sealed class LoopbackProxy : IListenerCallbacks, IDrainables, IDisposable
{
    private readonly EpollPoller _poller = new();
    private readonly NetworkFilterMaker _maker;
    private readonly NetworkFilterMaker? _before;
    private readonly TcpListener _listener;
    private readonly byte[] _room = new byte[1 << 20];

    internal LoopbackProxy(Func<TcpProxyConfig, TcpProxyConfig>? change = null, NetworkFilterProvider? before = null)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        Dispatcher = new Dispatcher("main", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        Stats = new StatsStore(1);
        WorkerContext worker = new(Dispatcher, Stats);
        ClusterManager clusters = new(Dispatcher, Stats.Root(), [worker], new SystemDnsResolver(Dispatcher));
        clusters.AddOrUpdate(NetworkFilterFixture.ClusterOf("up", server.LocalEndPoint!.ToString()!) with { PerConnectionBufferLimit = 1 << 20 });
        TcpProxyConfig config = new() { StatPrefix = "p", Clusters = ClusterChoice.Of("up") };
        _maker = new TcpProxyProvider(change is null ? config : change(config))
            .CreateForWorker(worker, new ListenerContext("l", worker.Stats.SubScope("listener.l"), new DrainState(), 1 << 20));
        _before = before?.CreateForWorker(worker, new ListenerContext("l", worker.Stats.SubScope("listener.l"), new DrainState(), 1 << 20));
        NetworkAddress address = NetworkAddress.FromIPv4(0x7F000001, 0);
        int fd = ListenSocket.Bind(LinuxSockets.Instance, address, new ListenSocketOptions(), out _);
        ListenSocket.Listen(LinuxSockets.Instance, fd, address, new ListenSocketOptions(), out _);
        RunUntil(() => worker.Clusters.Find("up") is { Hosts.Priorities.Length: > 0 });
        _listener = new TcpListener(Dispatcher, fd, address, this);
        Client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Client.Connect(new IPEndPoint(IPAddress.Loopback, _listener.Address.Port));
        RunUntil(() => server.Poll(0, SelectMode.SelectRead));
        Upstream = server.Accept();
        Upstream.NoDelay = true;
        Client.Blocking = Upstream.Blocking = false;
    }

    internal StatsStore Stats { get; }

    internal Dispatcher Dispatcher { get; }

    internal Socket Client { get; }

    internal Socket Upstream { get; }

    /// <summary>The proxy's connection to the client.</summary>
    internal Connection Accepted { get; private set; } = null!;

    public void OnAccepted(int fd, NetworkAddress remote)
    {
        Accepted = new Connection(Dispatcher, fd, new RawTransportSocket(), _listener.AcceptedLocalAddress, remote);
        Accepted.SetBufferLimit(1 << 20);
        Accepted.NoDelay(true);
        AcceptedConnection accepted = new(new ConnectionInfo(NetworkAddress.FromIPv4(0x7F000001, 80), NetworkAddress.FromIPv4(0x7F000001, 81)), this);
        _before?.AddTo(Accepted, accepted);
        _maker.AddTo(Accepted, accepted);
        Accepted.Initialize();
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
        Client.Dispose();
        Upstream.Dispose();
        _listener.Dispose();
        for (int i = 0; i < 10; i++)
        {
            Dispatcher.RunOnce(0);
        }

        Assert.Equal(0, Dispatcher.ContainedExceptions);
        _poller.Dispose();
    }

    internal void RunUntil(Func<bool> isSo)
    {
        for (int turn = 0; !isSo(); turn++)
        {
            Assert.True(turn < 20_000, "it does not happen");
            Dispatcher.RunOnce(1_000_000);
        }
    }

    /// <summary>The client sends the bytes and the upstream sends as many back; both arrive whole.</summary>
    internal void Exchange(byte[] data)
    {
        Move(Client, Upstream, data);
        Move(Upstream, Client, data);
    }

    /// <summary>Sends through the proxy until all of it has arrived; what arrived goes to <paramref name="into"/> if it is there.</summary>
    internal void Move(Socket from, Socket to, ReadOnlySpan<byte> data, MemoryStream? into = null)
    {
        int sent = 0;
        int received = 0;
        for (int turn = 0; received < data.Length; turn++)
        {
            Assert.True(turn < 20_000, "the bytes do not arrive");
            if (sent < data.Length && from.Poll(0, SelectMode.SelectWrite))
            {
                sent += Math.Max(0, from.Send(data[sent..], SocketFlags.None, out _));
            }

            Dispatcher.RunOnce(1_000_000);
            while (to.Available > 0)
            {
                int count = to.Receive(_room);
                into?.Write(_room, 0, count);
                received += count;
            }
        }
    }
}
