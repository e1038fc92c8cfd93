using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>
/// How one host differs from its cluster for active health checks (Envoy: <c>Endpoint.HealthCheckConfig</c>). Immutable, any thread; made
/// by Config. Without active health checks it has no effect, as in Envoy.
/// </summary>
public sealed record EndpointHealthCheckConfig
{
    /// <summary>Port to check; 0 is the host's. Envoy: <c>port_value</c>.</summary>
    public int Port { get; init; }

    /// <summary>Host name to send; empty is the cluster's. Envoy: <c>hostname</c>.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Address to check; null is the host's. Envoy: <c>address</c>.</summary>
    public NetworkAddress? Address { get; init; }

    /// <summary>Whether the host is not checked at all. Envoy: <c>disable_active_health_check</c>.</summary>
    public bool IsDisabled { get; init; }
}
