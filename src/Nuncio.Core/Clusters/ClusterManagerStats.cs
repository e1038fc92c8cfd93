using Nuncio.Base.Stats;

namespace Nuncio.Core.Clusters;

/// <summary><c>cluster_manager.*</c>. Owner: main thread.</summary>
public sealed class ClusterManagerStats(StatScope scope)
{
    public readonly Counter Added = scope.Counter("cluster_added");
    public readonly Counter Modified = scope.Counter("cluster_modified");
    public readonly Counter Removed = scope.Counter("cluster_removed");
    public readonly Counter Updated = scope.Counter("cluster_updated");
    public readonly Counter UpdatedViaMerge = scope.Counter("cluster_updated_via_merge");
    public readonly Counter UpdateMergeCancelled = scope.Counter("update_merge_cancelled");
    public readonly Counter UpdateOutOfMergeWindow = scope.Counter("update_out_of_merge_window");
    public readonly Gauge Active = scope.Gauge("active_clusters");
    public readonly Gauge Warming = scope.Gauge("warming_clusters");
}
