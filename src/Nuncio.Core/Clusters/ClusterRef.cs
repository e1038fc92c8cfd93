using System.Collections.Concurrent;

namespace Nuncio.Core.Clusters;

/// <summary>
/// A cluster's name made into an index when configuration is loaded, so that no request looks a cluster up by name. The cluster
/// may not exist (yet): each worker's table says. Immutable; any thread; lives as long as the process.
/// </summary>
public sealed class ClusterRef
{
    private static readonly ConcurrentDictionary<string, ClusterRef> s_all = new(StringComparer.Ordinal);
    private static int s_next = -1;

    private ClusterRef(string name)
    {
        Name = name;
        Index = Interlocked.Increment(ref s_next);
    }

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>Place in every worker's table.</summary>
    public int Index { get; }

    /// <summary>The reference of a name; control plane only.</summary>
    public static ClusterRef Of(string name) => s_all.TryGetValue(name, out ClusterRef? known) ? known : s_all.GetOrAdd(name, static n => new ClusterRef(n));
}
