using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>The main thread's side of one version of a cluster: its discovery, its hosts, and the workers' sides it publishes to.</summary>
/// <remarks>
/// Owner: main thread. Made by the <see cref="ClusterManager"/>; warms until the first answer about its hosts, is published then, and
/// ends when it is replaced or removed.
/// </remarks>
internal sealed class ManagedCluster
{
    private readonly ClusterManager _manager;
    private readonly HostDiscovery _discovery;
    private WorkerCluster[] _workers = [];
    private ManagedCluster? _before;
    private Dictionary<NetworkAddress, Host>? _hostsBefore;
    private bool _hasAnswer;

    /// <param name="before">The version that serves until this one is warm.</param>
    public ManagedCluster(ClusterManager manager, ClusterInfo info, MembershipStats stats, ManagedCluster? before)
    {
        _manager = manager;
        _before = before;
        Info = info;
        Stats = stats;
        _discovery = info.Config.Discovery switch
        {
            ClusterDiscoveryKind.StrictDns => new StrictDnsDiscovery(this),
            ClusterDiscoveryKind.LogicalDns => new LogicalDnsDiscovery(this),
            _ => new StaticDiscovery(this),
        };
    }

    /// <summary>What the workers share.</summary>
    public ClusterInfo Info { get; }

    /// <summary>Counters of hosts and updates.</summary>
    public MembershipStats Stats { get; }

    /// <summary>The hosts now.</summary>
    public HostSetSnapshot Hosts { get; private set; } = HostSetSnapshot.Empty;

    /// <summary>The main thread's loop.</summary>
    public Dispatcher Dispatcher => _manager.Dispatcher;

    /// <summary>Who resolves names.</summary>
    public DnsResolver Resolver => _manager.Resolver;

    /// <summary>A host of this cluster. While warming, the counters of one that the version before has at this address go on.</summary>
    public Host NewHost(NetworkAddress address, EndpointConfig endpoint, LocalityEndpointsConfig locality)
    {
        Host? same = null;
        if (_before is { } before)
        {
            _hostsBefore ??= before.ByAddress();

            // Taken out: of two hosts at one address only one goes on, or both would count the other's.
            _hostsBefore.Remove(address, out same);
        }

        return new Host(Info, address, endpoint, locality, same);
    }

    /// <summary>Begins discovery.
    public void Start() => _discovery.Start();

    /// <summary>Hosts are known or will not be soon: ready to be published. Only the first call counts.</summary>
    public void OnFirstAnswer()
    {
        if (!_hasAnswer)
        {
            _hasAnswer = true;
            _manager.OnWarm(this);
        }
    }

    /// <summary>These are the hosts from now on. False, and nothing happens, when they are what they were.</summary>
    public bool SetHosts(IReadOnlyList<Host> hosts)
    {
        HostSetSnapshot next = Hosts.Next(hosts, Info.Config.LoadBalancing);
        if (ReferenceEquals(next, Hosts))
        {
            return false;
        }

        Hosts = next;
        Stats.MembershipChange.Inc();
        Stats.Set(next);
        foreach (WorkerCluster worker in _workers)
        {
            worker.Worker.Dispatcher.Post(() => worker.Update(next));
        }

        if (_workers.Length > 0)
        {
            _manager.Stats.Updated.Inc();
        }

        return true;
    }

    /// <summary>Gives the cluster to the workers.</summary>
    public void Publish(IReadOnlyList<WorkerContext> workers)
    {
        HostSetSnapshot hosts = Hosts;
        _before = null;
        _hostsBefore = null;

        // The main thread uses no limit, but its cells are where the gauges of what remains start from.
        _ = new WorkerLimits(Info.Limits(ResourcePriority.Default), Stats.Scope, ResourcePriority.Default);
        _ = new WorkerLimits(Info.Limits(ResourcePriority.High), Stats.Scope, ResourcePriority.High);
        _workers = new WorkerCluster[workers.Count];
        for (int i = 0; i < workers.Count; i++)
        {
            WorkerCluster cluster = new(Info, workers[i]);
            _workers[i] = cluster;
            workers[i].Dispatcher.Post(() =>
            {
                cluster.Update(hosts);
                cluster.Worker.Clusters.Set(cluster);
            });
        }
    }

    /// <summary>Ends discovery. The workers' sides drain when the cluster is <paramref name="removed"/>; a newer version in their place does it itself.</summary>
    public void Stop(bool removed)
    {
        _discovery.Stop();
        foreach (WorkerCluster worker in _workers)
        {
            if (removed)
            {
                worker.Worker.Dispatcher.Post(() => worker.Worker.Clusters.Remove(worker));
            }
        }

        Stats.Dispose();
    }

    private Dictionary<NetworkAddress, Host> ByAddress()
    {
        Dictionary<NetworkAddress, Host> hosts = [];
        foreach (PrioritySnapshot priority in Hosts.Priorities)
        {
            foreach (Host host in priority.All)
            {
                hosts.TryAdd(host.Address, host);
            }
        }

        return hosts;
    }
}
