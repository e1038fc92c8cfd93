using Nuncio.Core.Clusters;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>The sessions of one UDP proxy to one version of a cluster on one worker.</summary>
/// <remarks>Owner: the worker. Made with the first session, ends with the cluster's version or with the filter.</remarks>
internal sealed class UdpClusterSessions : IClusterObserver
{
    private readonly UdpProxyFilter _filter;
    private UdpSession? _first;

    internal UdpClusterSessions(UdpProxyFilter filter, WorkerCluster cluster)
    {
        _filter = filter;
        Cluster = cluster;
        Stats = new UdpClusterStats(cluster.Stats.Scope.SubScope("udp"));
        cluster.Observe(this);
    }

    internal WorkerCluster Cluster { get; }

    internal UdpClusterStats Stats { get; }

    /// <summary>What sessions count against: each is a connection.</summary>
    internal WorkerLimit Limit => Cluster.Limits(ResourcePriority.Default).Connections;

    /// <inheritdoc/>
    public void OnHostsRemoved(WorkerCluster cluster, ReadOnlySpan<Host> hosts)
    {
        for (UdpSession? session = _first; session is not null;)
        {
            UdpSession each = session;
            session = session.Next;
            if (hosts.Contains(each.Host))
            {
                each.End();
            }
        }
    }

    /// <inheritdoc/>
    public void OnDraining(WorkerCluster cluster)
    {
        EndAll();
        _filter.Forget(cluster);
    }

    internal void EndAll()
    {
        while (_first is { } session)
        {
            session.End();
        }
    }

    internal void Add(UdpSession session)
    {
        session.Next = _first;
        if (_first is not null)
        {
            _first.Previous = session;
        }

        _first = session;
    }

    internal void Remove(UdpSession session)
    {
        if (session.Previous is null)
        {
            _first = session.Next;
        }
        else
        {
            session.Previous.Next = session.Next;
        }

        if (session.Next is not null)
        {
            session.Next.Previous = session.Previous;
        }

        session.Next = session.Previous = null;
    }
}
