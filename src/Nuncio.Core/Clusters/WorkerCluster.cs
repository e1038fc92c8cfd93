using Nuncio.Core.Extensibility;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Pools;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>One worker's side of one version of a cluster: hosts, load balancer, pools, counters.</summary>
/// <remarks>
/// Owner: the worker. Made by the <see cref="ClusterManager"/>, which publishes hosts to it by posting; drains when the cluster is
/// replaced or removed, and is garbage when its last stream is gone. Streams that hold it meanwhile go on with it.
/// </remarks>
public sealed class WorkerCluster
{
    private readonly WorkerLoadBalancer _balancer;
    private readonly WorkerLimits _default;
    private readonly WorkerLimits _high;
    private readonly List<IClusterObserver> _observers = [];
    private int _connections;

    internal WorkerCluster(ClusterInfo info, WorkerContext worker)
    {
        Info = info;
        Worker = worker;
        Cell = worker.Dispatcher.Index;
        Stats = new ClusterStats(worker.Stats.SubScope("cluster." + info.StatName));
        Http1Stats = new ClusterHttp1Stats(Stats.Scope.SubScope("http1"));
        _default = new WorkerLimits(info.Limits(ResourcePriority.Default), Stats.Scope, ResourcePriority.Default);
        _high = new WorkerLimits(info.Limits(ResourcePriority.High), Stats.Scope, ResourcePriority.High);
        _balancer = new WorkerLoadBalancer(info.Config.LoadBalancing, worker.Dispatcher.Random, Stats.LbHealthyPanic);
        ConnectOptions = new ConnectOptions
        {
            BufferLimit = info.PerConnectionBufferLimit,
            KeepAlive = info.Config.KeepAlive,
            Sources = info.Config.Bind?.Sources ?? ConnectOptions.Default.Sources,
            Freebind = info.Config.Bind?.Freebind ?? false,
            Stats = Stats.ConnectionBytes,
        };
    }

    /// <summary>What the workers share of it.</summary>
    public ClusterInfo Info { get; }

    /// <summary>The worker.</summary>
    public WorkerContext Worker { get; }

    /// <summary>This worker's counters.</summary>
    public ClusterStats Stats { get; }

    /// <summary>The hosts now.</summary>
    public HostSetSnapshot Hosts { get; private set; } = HostSetSnapshot.Empty;

    /// <summary>Whether the cluster was replaced or removed.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Connections of this worker to the cluster, HTTP and TCP.</summary>
    public int ConnectionCount => _connections;

    /// <summary>The worker's place in hosts and limits.</summary>
    internal int Cell { get; }

    internal ConnectOptions ConnectOptions { get; }

    internal ClusterHttp1Stats Http1Stats { get; }

    /// <summary>The host for a request; null when none can be used ("no healthy upstream"). Allocates nothing.</summary>
    public Host? ChooseHost(in LoadBalancerContext context) => _balancer.Choose(context);

    /// <summary>This worker's limits.</summary>
    public WorkerLimits Limits(ResourcePriority priority) => priority == ResourcePriority.High ? _high : _default;

    /// <summary>This worker's counters of a host, for the router to count answers in.</summary>
    public HostStats HostStats(Host host) => host.On(Cell).Stats;

    /// <summary>
    /// This worker's HTTP connections to a host; those with <paramref name="options"/> of the client are kept apart, one set for each
    /// value. Use it at once: a pool of such options ends with its last connection.
    /// </summary>
    public HttpConnectionPool HttpPool(
        Host host, ResourcePriority priority = ResourcePriority.Default, UpstreamSocketOptions? options = null) =>
        options is null ? host.On(Cell).Pool(this, priority) : host.On(Cell).Pool(this, priority, options);

    /// <summary>
    /// Connects to a host for the caller alone. Returns a handle that can cancel while it connects; null when
    /// <paramref name="callbacks"/> was told of a failure already.
    /// </summary>
    /// <param name="downstream">Whose connection it is made for, if anybody's: its filter state may hold socket options.</param>
    public TcpUpstream? ConnectTcp(
        Host host, ITcpConnectCallbacks callbacks, ResourcePriority priority = ResourcePriority.Default, StreamInfo? downstream = null) =>
        TcpUpstream.Connect(this, host, callbacks, priority, downstream);

    /// <summary>Begins to tell of hosts that leave, and of the end.</summary>
    public void Observe(IClusterObserver observer) => _observers.Add(observer);

    /// <summary>Ends that. Not to be called from the observer itself.</summary>
    public void StopObserving(IClusterObserver observer) => _observers.Remove(observer);

    /// <summary>Goes over to other hosts; the pools of hosts that are gone drain.</summary>
    internal void Update(HostSetSnapshot hosts)
    {
        Hosts = hosts;
        _balancer.Update(hosts);
        foreach (Host host in hosts.Removed)
        {
            // Made where there is none: a request that has chosen the host already may make a pool yet.
            host.On(Cell).Drain();
        }

        foreach (IClusterObserver observer in _observers)
        {
            observer.OnHostsRemoved(this, hosts.Removed);
        }
    }

    /// <summary>The cluster was replaced or removed: pools drain, nothing new is chosen here.</summary>
    internal void Drain()
    {
        if (IsDraining)
        {
            return;
        }

        IsDraining = true;
        foreach (IClusterObserver observer in _observers)
        {
            observer.OnDraining(this);
        }

        _observers.Clear();
        foreach (PrioritySnapshot priority in Hosts.Priorities)
        {
            foreach (Host host in priority.All)
            {
                host.Existing(Cell)?.Drain();
            }
        }

        ReleaseIfEnded();
    }

    /// <summary>Begins a connection to a host: to its one address, to several of them in turn, or to a listener of this process.</summary>
    internal Connection Connect(Host host, ConnectOptions options, IConnectObserver observer, ConnectionInfo? downstream)
    {
        IReadOnlyList<NetworkAddress> addresses = host.Addresses;
        Dispatcher dispatcher = Worker.Dispatcher;
        var transport = new RawTransportSocket();
        if (addresses.Count > 1)
        {
            return Connection.Connect(dispatcher, addresses, transport, options, observer);
        }

        NetworkAddress address = addresses[0];
        if (address.Kind != AddressKind.Internal)
        {
            return Connection.Connect(dispatcher, address, transport, options);
        }

        int fd = Worker.InternalConnector?.Invoke(address.InternalListener!, downstream) ?? -1;
        return Connection.ConnectOver(dispatcher, fd, address, transport, options);
    }

    internal void OnConnectionMade() => _connections++;

    internal void OnConnectionGone()
    {
        _connections--;
        ReleaseIfEnded();
    }

    private void ReleaseIfEnded()
    {
        if (IsDraining && _connections == 0)
        {
            // Another version of the cluster holds the same statistics by its own scope; those that are made when first needed only
            // from here on.
            Worker.Clusters.Find(Info.Reference)?.Stats.Continue(Stats);
            Stats.Scope.Dispose();
        }
    }
}
