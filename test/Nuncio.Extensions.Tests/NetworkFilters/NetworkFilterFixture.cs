using Nuncio.Base.Stats;
using Nuncio.Core.Streams;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters;

/// <summary>
/// A worker with clusters and one listening socket over the simulated network, whose connections get the filter under test. The
/// listener itself is left out: only the filter and what it uses run.
/// </summary>
internal sealed class NetworkFilterFixture : IListenerCallbacks, IDrainables, IDisposable
{
    internal const string ListenAddress = "127.0.0.1:80";

    private readonly NetworkFilterMaker _maker;
    private readonly TcpListener _listener;

    internal NetworkFilterFixture(NetworkFilterProvider provider)
    {
        Stats = new StatsStore(2);
        Worker = new WorkerContext(Loop.AddDispatcher("worker_0"), Stats);
        Clusters = new ClusterManager(Loop.Dispatcher, Stats.Root(), [Worker], new NoNames());
        var context = new ListenerContext("test", Worker.Stats.SubScope("listener.test"), new DrainState(), BufferLimit);
        _maker = provider.CreateForWorker(Worker, context);
        NetworkAddress address = SimulatedNetwork.Parse(ListenAddress);
        int fd = ListenSocket.Bind(Loop.Network.Sockets, address, new ListenSocketOptions(), out string? error);
        Assert.Null(error);
        ListenSocket.Listen(Loop.Network.Sockets, fd, address, new ListenSocketOptions(), out error);
        Assert.Null(error);
        _listener = new TcpListener(Worker.Dispatcher, fd, address, this);
    }

    internal SimulatedLoop Loop { get; } = new();

    internal StatsStore Stats { get; }

    internal WorkerContext Worker { get; }

    internal ClusterManager Clusters { get; }

    /// <summary>Of connections accepted from now on.</summary>
    internal int BufferLimit { get; set; } = 64 * 1024;

    /// <summary>Server name that connections accepted from now on have asked for.</summary>
    internal string ServerName { get; set; } = "";

    /// <summary>What is known of the connection accepted last.</summary>
    internal ConnectionInfo Info { get; private set; } = null!;

    /// <summary>What listener filters and earlier network filters leave with a connection.</summary>
    internal Action<ConnectionInfo>? Prepare { get; set; }

    /// <summary>The connection accepted last.</summary>
    internal Connection Accepted { get; private set; } = null!;

    public void OnAccepted(int fd, NetworkAddress remote)
    {
        Accepted = new Connection(Worker.Dispatcher, fd, new RawTransportSocket(), _listener.AcceptedLocalAddress, remote);
        Accepted.SetBufferLimit(BufferLimit);
        Info = new ConnectionInfo(NetworkAddress.FromIPv4(0x7F000001, 80), NetworkAddress.FromIPv4(0x7F000001, 81))
        {
            FilterChainName = "chain",
            RequestedServerName = ServerName,
        };
        Prepare?.Invoke(Info);
        _maker.AddTo(Accepted, new AcceptedConnection(Info, this));
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
        Assert.Empty(Loop.Contained);
        _listener.Dispose();
        Loop.Dispose();
    }

    internal SimulatedPeer Connect()
    {
        SimulatedPeer client = Loop.Network.Connect(ListenAddress);
        Loop.RunUntilIdle();
        return client;
    }

    internal void AddCluster(ClusterConfig config)
    {
        Clusters.AddOrUpdate(config);
        Loop.RunUntilIdle();
    }

    internal void AddCluster(string name, params string[] addresses) => AddCluster(ClusterOf(name, addresses));

    internal static ClusterConfig ClusterOf(string name, params string[] addresses)
    {
        var endpoints = new List<EndpointConfig>();
        foreach (string address in addresses)
        {
            endpoints.Add(new EndpointConfig { Address = SimulatedNetwork.Parse(address) });
        }

        return new ClusterConfig
        {
            Name = name,
            PerConnectionBufferLimit = 64 * 1024,
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [.. endpoints] }],
        };
    }

    internal void Run() => Loop.RunUntilIdle();

    internal void Advance(double seconds) => Loop.Advance(TimeSpan.FromSeconds(seconds));

    internal long Counter(string name) => Stats.CounterValue(name);

    internal long Gauge(string name) => Stats.GaugeValue(name);

    private sealed class NoNames : DnsResolver
    {
        public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks) => throw new NotSupportedException();
    }
}
