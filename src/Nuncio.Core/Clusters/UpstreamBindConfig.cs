using Nuncio.IO.Network;

namespace Nuncio.Core.Clusters;

/// <summary>Where a cluster's connections start (Envoy: <c>core.v3.BindConfig</c>). Immutable, any thread; made by Config.</summary>
public sealed record UpstreamBindConfig
{
    /// <summary>
    /// The local ends; the first of the host's address family is used. One or two, of different families. Envoy: <c>source_address</c>,
    /// <c>extra_source_addresses</c>, <c>socket_options</c>.
    /// </summary>
    public EquatableList<ConnectSource> Sources { get; init; } = [ConnectSource.Any];

    /// <summary>Allows addresses that this machine does not have (yet). Envoy: <c>freebind</c>.</summary>
    public bool Freebind { get; init; }
}
