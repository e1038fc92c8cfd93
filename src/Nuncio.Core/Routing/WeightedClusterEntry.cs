using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;

namespace Nuncio.Core.Routing;

/// <summary>One of the clusters that a route draws from. Envoy: WeightedCluster.ClusterWeight. Immutable; any thread.</summary>
/// <param name="Cluster">The cluster; null when <see cref="ClusterHeader"/> names it.</param>
/// <param name="Weight">Its share of the sum of all weights.</param>
/// <param name="RuntimeWeight">Overrides the weight; null when the route has no <c>runtime_key_prefix</c>.</param>
public sealed record WeightedClusterEntry(ClusterRef? Cluster, uint Weight, RuntimeKey? RuntimeWeight = null)
{
    /// <summary>The request header whose first value names the cluster.</summary>
    public HeaderKey? ClusterHeader { get; init; }

    /// <summary>Headers and filters of this choice.</summary>
    public RouteLevel Level { get; init; } = RouteLevel.Empty;

    /// <summary>The authority that requests to this cluster get; null keeps it.</summary>
    public byte[]? HostRewrite { get; init; }

    internal ulong CurrentWeight => RuntimeWeight is null ? Weight : RuntimeWeight.GetInteger(Weight);
}
