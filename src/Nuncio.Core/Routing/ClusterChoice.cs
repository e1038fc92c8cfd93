using Nuncio.Core.Clusters;

namespace Nuncio.Core.Routing;

/// <summary>The cluster a request goes to: a reference resolved when configuration was loaded, or a name the request gave.</summary>
public readonly ref struct ClusterChoice
{
    internal ClusterChoice(ClusterRef? reference, ReadOnlySpan<byte> name)
    {
        Ref = reference;
        Name = name;
    }

    /// <summary>The cluster; null when the request names it.</summary>
    public ClusterRef? Ref { get; }

    /// <summary>The name that the request gave; empty when it gave none, or when <see cref="Ref"/> is the cluster.</summary>
    public ReadOnlySpan<byte> Name { get; }
}
