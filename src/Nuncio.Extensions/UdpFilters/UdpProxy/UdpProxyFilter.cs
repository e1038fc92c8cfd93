using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Udp;
using Nuncio.IO.Events;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>The UDP proxy of one listener on one worker: finds or begins the session of each datagram.</summary>
/// <remarks>
/// Owner: the worker. Clients are whoever a datagram says it is from, so sessions are bounded by the cluster's <c>max_connections</c>, and a
/// datagram beyond that leaves nothing behind. Envoy: <c>UdpProxyFilter</c>.
/// </remarks>
internal sealed class UdpProxyFilter : UdpFilter
{
    private readonly WorkerContext _worker;
    private readonly Dictionary<UdpSessionKey, UdpSession> _sessions = [];
    private readonly Dictionary<WorkerCluster, UdpClusterSessions> _clusters = new(ReferenceEqualityComparer.Instance);
    private DatagramAddress _lastHashed;
    private ulong _lastHash;

    internal UdpProxyFilter(UdpProxyProvider provider, WorkerContext worker, UdpProxyStats stats)
    {
        _worker = worker;
        Config = provider.Config;
        Stats = stats;
        Log = new UdpProxyLog(provider, worker);
        Batch = new DatagramBatch(Config.MaxUpstreamDatagramSize);
    }

    internal UdpProxyConfig Config { get; }

    internal UdpProxyStats Stats { get; }

    internal UdpProxyLog Log { get; }

    internal Dispatcher Dispatcher => _worker.Dispatcher;

    /// <summary>What all sessions receive into.</summary>
    internal DatagramBatch Batch { get; }

    /// <inheritdoc/>
    public override void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local)
    {
        UdpSession? session = Config.UsePerPacketLoadBalancing ? FindByHost(socket, peer, local) : FindSticky(socket, peer, local);
        session?.Forward(datagram);
    }

    /// <inheritdoc/>
    public override void OnReceiveError(int error) => Stats.RxErrors.Inc();

    /// <inheritdoc/>
    public override void Close()
    {
        foreach (UdpClusterSessions cluster in _clusters.Values)
        {
            cluster.EndAll();
            cluster.Cluster.StopObserving(cluster);
        }

        _clusters.Clear();
        Log.WriteProxy();
    }

    /// <summary>A session has ended.</summary>
    internal void Remove(UdpSession session) => _sessions.Remove(session.Key);

    /// <summary>A version of a cluster has ended, and with it its sessions.</summary>
    internal void Forget(WorkerCluster cluster)
    {
        _clusters.Remove(cluster);
        if (_worker.Clusters.Find(cluster.Info.Reference) is { } next && next != cluster)
        {
            // Before the statistics of the old version go: those that both have keep their values.
            SessionsOf(next);
        }
    }

    private UdpClusterSessions SessionsOf(WorkerCluster cluster)
    {
        if (!_clusters.TryGetValue(cluster, out UdpClusterSessions? sessions))
        {
            _clusters.Add(cluster, sessions = new UdpClusterSessions(this, cluster));
        }

        return sessions;
    }

    private UdpSession? FindSticky(UdpSocket socket, in DatagramAddress peer, in DatagramAddress local)
    {
        var key = new UdpSessionKey(peer, local, null);
        if (!_sessions.TryGetValue(key, out UdpSession? session))
        {
            return FindCluster(peer, local) is { } cluster && Choose(cluster, peer) is { } chosen ? Start(socket, key, cluster, chosen) : null;
        }

        if (session.Host.Health == HostHealth.Unhealthy &&
            session.Cluster.ChooseHost(Context(peer)) is { Health: not HostHealth.Unhealthy } better && better != session.Host)
        {
            WorkerCluster cluster = session.Cluster;
            session.End();
            return Start(socket, key, cluster, better);
        }

        return session;
    }

    private UdpSession? FindByHost(UdpSocket socket, in DatagramAddress peer, in DatagramAddress local)
    {
        if (FindCluster(peer, local) is not { } cluster || Choose(cluster, peer) is not { } host)
        {
            return null;
        }

        var key = new UdpSessionKey(peer, local, host);
        return _sessions.TryGetValue(key, out UdpSession? session) ? session : Start(socket, key, cluster, host);
    }

    private WorkerCluster? FindCluster(in DatagramAddress peer, in DatagramAddress local)
    {
        if (Config.Router.Route(peer, local) is { } reference && _worker.Clusters.Find(reference) is { } cluster)
        {
            return cluster;
        }

        Stats.NoRoute.Inc();
        return null;
    }

    private Host? Choose(WorkerCluster cluster, in DatagramAddress peer)
    {
        Host? host = cluster.ChooseHost(Context(peer));
        if (host is null)
        {
            cluster.Stats.CxNoneHealthy.Inc();
        }

        return host;
    }

    private LoadBalancerContext Context(in DatagramAddress peer)
    {
        if (Config.HashPolicy is not { } policy)
        {
            return new LoadBalancerContext(null);
        }

        if (peer != _lastHashed)
        {
            // Datagrams of a client come in rows, and hashing makes a text of the address.
            _lastHashed = peer;
            _lastHash = policy.HashOf(peer);
        }

        return new LoadBalancerContext(null, hash: _lastHash);
    }

    private UdpSession? Start(UdpSocket socket, in UdpSessionKey key, WorkerCluster cluster, Host host)
    {
        Stats.Total.Inc();
        UdpClusterSessions sessions = SessionsOf(cluster);
        if (!sessions.Limit.TryAcquire())
        {
            cluster.Stats.CxOverflow.Inc();
            Log.WriteOverflow(key, cluster);
            return null;
        }

        UdpSession? session = UdpSession.Start(this, socket, key, sessions, host);
        if (session is null)
        {
            sessions.Limit.Release();
            sessions.Stats.TxErrors.Inc();
            return null;
        }

        _sessions.Add(key, session);
        return session;
    }
}
