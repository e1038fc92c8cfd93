using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Routing;

/// <summary>What a route configuration says besides its virtual hosts. Immutable; any thread.</summary>
public sealed record RouteTableOptions
{
    /// <summary>Envoy's defaults.</summary>
    public static RouteTableOptions Default { get; } = new();

    /// <summary>Headers and filters of all routes.</summary>
    public RouteLevel Level { get; init; } = RouteLevel.Empty;

    /// <summary>Headers removed from requests from outside.</summary>
    public IReadOnlyList<HeaderKey> InternalOnlyHeaders { get; init; } = [];

    /// <summary>Whether the more specific level's header mutations win; default false.</summary>
    public bool MostSpecificHeaderMutationsWins { get; init; }

    /// <summary>Whether the port of an authority is ignored; default false.</summary>
    public bool IgnorePortInHostMatching { get; init; }

    /// <summary>Free-form facts.</summary>
    public ConfigMetadata? Metadata { get; init; }
}
