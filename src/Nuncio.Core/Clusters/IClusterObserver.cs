namespace Nuncio.Core.Clusters;

/// <summary>
/// Hears on a worker what becomes of a cluster there: for those who keep something of a host without a connection that its pool could end.
/// </summary>
public interface IClusterObserver
{
    /// <summary>Hosts have left the cluster.</summary>
    void OnHostsRemoved(WorkerCluster cluster, ReadOnlySpan<Host> hosts);

    /// <summary>The cluster was replaced or removed; it is not heard of again.</summary>
    void OnDraining(WorkerCluster cluster);
}
