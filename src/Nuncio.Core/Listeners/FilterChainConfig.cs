using Nuncio.Core.NetworkFilters;

namespace Nuncio.Core.Listeners;

/// <summary>A chain of network filters, <c>envoy.config.listener.v3.FilterChain</c>. Immutable.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Filters">The filters in order; the last one is terminal. Empty closes connections at once.</param>
public sealed record FilterChainConfig(string? Name, IReadOnlyList<NetworkFilterProvider> Filters)
{
    /// <summary>
    /// The chain as it was written, comparable with Equals: a chain equal to one of the listener's last version goes on with its
    /// connections. Null is equal to nothing.
    /// </summary>
    public object? Source { get; init; }
}
