using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>One endpoint of a load assignment. Immutable, any thread; made by Config.</summary>
public sealed record EndpointConfig
{
    /// <summary>The address; null when <see cref="DnsName"/> has to be resolved.</summary>
    public NetworkAddress? Address { get; init; }

    /// <summary>More addresses of the same host, in order of preference. Envoy: <c>endpoint.additional_addresses</c>.</summary>
    public EquatableList<NetworkAddress> AdditionalAddresses { get; init; } = [];

    /// <summary>Name to resolve; null when <see cref="Address"/> is given.</summary>
    public string? DnsName { get; init; }

    /// <summary>Port of the resolved addresses.</summary>
    public int Port { get; init; }

    /// <summary>Name for host rewriting; for a DNS endpoint without one, the DNS name. Envoy: <c>endpoint.hostname</c>.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Share of traffic; default 1. Envoy: <c>load_balancing_weight</c>.</summary>
    public uint Weight { get; init; } = 1;

    /// <summary>What the configuration says of its health. Envoy: <c>health_status</c>.</summary>
    public EndpointHealthStatus HealthStatus { get; init; }

    /// <summary>How this host differs for health checks; null when it does not. Envoy: <c>endpoint.health_check_config</c>.</summary>
    public EndpointHealthCheckConfig? HealthCheck { get; init; }

    /// <summary>Facts for formatters and filters. Envoy: <c>metadata</c>.</summary>
    public ConfigMetadata Metadata { get; init; } = ConfigMetadata.Empty;
}

/// <summary>The endpoints of one locality and priority (Envoy: <c>LocalityLbEndpoints</c>). Immutable, any thread.</summary>
public sealed record LocalityEndpointsConfig
{
    /// <summary>Where they run.</summary>
    public Locality Locality { get; init; } = Locality.None;

    /// <summary>0 is used first; no gaps.</summary>
    public int Priority { get; init; }

    /// <summary>Weight of the locality; 0 when not given.</summary>
    public uint Weight { get; init; }

    /// <summary>The endpoints.</summary>
    public EquatableList<EndpointConfig> Endpoints { get; init; } = [];
}
