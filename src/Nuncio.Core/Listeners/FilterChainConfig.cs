using Nuncio.Core.Clusters;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Core.Listeners;

/// <summary>A chain of network filters, <c>envoy.config.listener.v3.FilterChain</c>. Immutable.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Filters">The filters in order; the last one is terminal. Empty closes connections at once.</param>
public sealed record FilterChainConfig(string? Name, IReadOnlyList<NetworkFilterProvider> Filters)
{
    /// <summary><c>metadata</c>, for formatters.</summary>
    public ConfigMetadata Metadata { get; init; } = ConfigMetadata.Empty;

    /// <summary>
    /// <c>transport_socket_connect_timeout</c>: from accept to the end of the transport socket's handshake; zero is no limit. A plain
    /// connection has no handshake, so it has no effect on one.
    /// </summary>
    public TimeSpan TransportSocketConnectTimeout { get; init; }

    /// <summary>
    /// The chain as it was written, comparable with Equals: a chain equal to one of the listener's last version goes on with its
    /// connections. Null is equal to nothing.
    /// </summary>
    public object? Source { get; init; }
}
