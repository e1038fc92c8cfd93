using Nuncio.Config.Extensibility;
using Nuncio.Core.Formatting;
using Nuncio.Core.Runtime;

namespace Nuncio.Config.Routes;

/// <summary>What the conversion of a route configuration may use. Immutable; one per conversion or shared by many.</summary>
public sealed record RouteContext
{
    /// <summary>Runtime values.</summary>
    public required LayeredRuntime Runtime { get; init; }

    /// <summary>Host name and environment as templates see them.</summary>
    public FormatterOptions Formatting { get; init; } = FormatterOptions.Default;

    /// <summary>Makes filters' configuration of <c>typed_per_filter_config</c>.</summary>
    public required IRouteFilterConfigs FilterConfigs { get; init; }

    /// <summary>Names of the clusters that exist; null when that cannot be told.</summary>
    public IReadOnlySet<string>? Clusters { get; init; }

    /// <summary>
    /// Whether unknown clusters are refused where the table does not say (<c>validate_clusters</c>): true for a table written in
    /// the listener, false for one that arrives by RDS.
    /// </summary>
    public bool ValidateClustersByDefault { get; init; } = true;

    /// <summary>The context of a running process.</summary>
    public static RouteContext From(FactoryContext factories, IReadOnlySet<string>? clusters, bool validateClustersByDefault = true) => new()
    {
        Runtime = factories.Runtime,
        Formatting = factories.Formatting,
        FilterConfigs = new CatalogRouteFilterConfigs(factories),
        Clusters = clusters,
        ValidateClustersByDefault = validateClustersByDefault,
    };
}
