namespace Nuncio.Core.Clusters;

/// <summary>
/// Finds the hosts of a cluster. Owner: main thread; made and started by its <see cref="ManagedCluster"/>, ends with it. Invariant:
/// tells the cluster once that the first answer is there, whatever the answer was.
/// </summary>
internal abstract class HostDiscovery(ManagedCluster cluster)
{
    /// <summary>The cluster whose hosts these are.</summary>
    protected ManagedCluster Cluster { get; } = cluster;

    /// <summary>Begins; may report at once.</summary>
    public abstract void Start();

    /// <summary>Ends; nothing is reported afterwards.</summary>
    public virtual void Stop()
    {
    }
}
