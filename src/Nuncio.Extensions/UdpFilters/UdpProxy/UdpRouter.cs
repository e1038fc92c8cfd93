using Nuncio.Core.Clusters;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Streams;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>Which cluster a client's datagrams go to. Immutable, any thread. Envoy: <c>cluster</c>, <c>matcher</c>.</summary>
public sealed class UdpRouter
{
    private readonly ClusterRef? _cluster;
    private readonly MatchTree<ConnectionInfo, ClusterRef>? _matcher;

    private UdpRouter(ClusterRef? cluster, MatchTree<ConnectionInfo, ClusterRef>? matcher)
    {
        _cluster = cluster;
        _matcher = matcher;
    }

    /// <summary>All to one cluster.</summary>
    public static UdpRouter To(string cluster) => new(ClusterRef.Of(cluster), null);

    /// <summary>By addresses and ports.</summary>
    public static UdpRouter By(MatchTree<ConnectionInfo, ClusterRef> matcher) => new(null, matcher);

    /// <summary>The cluster; null when nothing matches. Allocates nothing where all go to one.</summary>
    public ClusterRef? Route(in DatagramAddress peer, in DatagramAddress local)
    {
        if (_matcher is null)
        {
            return _cluster;
        }

        _matcher.Match(new ConnectionInfo(local.ToNetworkAddress(), peer.ToNetworkAddress()), out ClusterRef? cluster);
        return cluster;
    }
}
