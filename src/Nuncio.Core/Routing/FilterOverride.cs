namespace Nuncio.Core.Routing;

/// <summary>
/// What one level of a route table says of one HTTP filter. Envoy: an entry of <c>typed_per_filter_config</c>. Immutable; any thread.
/// </summary>
/// <param name="FilterNameId">Number of the filter's name in the chain, see <see cref="FilterNames"/>.</param>
/// <param name="Config">The filter's own object; null when the entry only switches the filter.</param>
/// <param name="Disabled">Whether the filter is left out; an entry that does not disable a filter enables it.</param>
public sealed record FilterOverride(int FilterNameId, object? Config, bool Disabled);
