namespace Nuncio.Core.Routing;

/// <summary>
/// What may be said at each of the four levels: route table, virtual host, route, weighted cluster. Immutable; any thread.
/// </summary>
public sealed record RouteLevel
{
    /// <summary>A level that says nothing.</summary>
    public static RouteLevel Empty { get; } = new();

    /// <summary>Changes to the request's headers.</summary>
    public HeaderMutations? RequestHeaders { get; init; }

    /// <summary>Changes to the response's headers.</summary>
    public HeaderMutations? ResponseHeaders { get; init; }

    /// <summary>Configuration of HTTP filters.</summary>
    public IReadOnlyList<FilterOverride> Filters { get; init; } = [];
}
