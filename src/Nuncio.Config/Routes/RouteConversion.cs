using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Routes;

/// <summary>What the converters of one route configuration share. Immutable; one per conversion.</summary>
internal sealed record RouteConversion
{
    /// <summary>What the caller lends.</summary>
    internal required RouteContext Context { get; init; }

    /// <summary>Clusters that may be named; null when any may.</summary>
    internal IReadOnlySet<string>? Clusters { get; init; }

    /// <summary>Bytes of a direct response's body.</summary>
    internal uint MaxDirectResponseBody { get; init; }

    /// <summary>Reports a cluster that does not exist, where that is asked for.</summary>
    internal void CheckCluster(string name, ConfigScope scope)
    {
        if (Clusters is not null && !Clusters.Contains(name))
        {
            string hint = NearestName.Find(name, Clusters) is { } near ? $"; did you mean '{near}'?" : "";
            scope.Error($"found '{name}', which is no cluster of this configuration (validate_clusters: false lets it pass){hint}");
        }
    }
}
