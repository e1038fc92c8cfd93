using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>Where the hosts of a cluster come from (Envoy: <c>Cluster.DiscoveryType</c>).</summary>
public enum ClusterDiscoveryKind : byte
{
    /// <summary>The addresses of the configuration.</summary>
    Static,

    /// <summary>Every address that the names of the configuration resolve to is a host.</summary>
    StrictDns,

    /// <summary>One host, whose address is the first one that its name resolves to.</summary>
    LogicalDns,
}

/// <summary>How a host is chosen (Envoy: <c>Cluster.LbPolicy</c>).</summary>
public enum LoadBalancingPolicyKind : byte
{
    /// <summary>Hosts in turn, by weight where weights differ.</summary>
    RoundRobin,

    /// <summary>The least busy of a few random hosts.</summary>
    LeastRequest,

    /// <summary>Any host, uniformly.</summary>
    Random,
}

/// <summary>
/// One cluster as the user wants it, in our units. Immutable, any thread; made by Config from <c>envoy.config.cluster.v3.Cluster</c>.
/// Two equal ones are the same configuration, so that an update that changes nothing is recognised.
/// </summary>
public sealed record ClusterConfig
{
    /// <summary>Name that routes use. Envoy: <c>name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name in statistics and logs; empty means <see cref="Name"/>. Envoy: <c>alt_stat_name</c>.</summary>
    public string AltStatName { get; init; } = "";

    /// <summary>Where hosts come from; default STATIC. Envoy: <c>type</c>.</summary>
    public ClusterDiscoveryKind Discovery { get; init; }

    /// <summary>Time a connection may take to be made; default 5 s. Envoy: <c>connect_timeout</c>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes buffered per connection before back-pressure; default 1 MiB, 0 is no limit. Envoy: <c>per_connection_buffer_limit_bytes</c>.</summary>
    public int PerConnectionBufferLimit { get; init; } = 1024 * 1024;

    /// <summary>How a host is chosen. Envoy: <c>lb_policy</c> and <c>load_balancing_policy</c>.</summary>
    public LoadBalancingConfig LoadBalancing { get; init; } = new();

    /// <summary>The hosts. Envoy: <c>load_assignment.endpoints</c>.</summary>
    public EquatableList<LocalityEndpointsConfig> Endpoints { get; init; } = [];

    /// <summary>Limits of requests of default priority. Envoy: <c>circuit_breakers.thresholds</c>.</summary>
    public CircuitBreakerConfig DefaultLimits { get; init; } = new();

    /// <summary>Limits of requests of high priority. Envoy: <c>circuit_breakers.thresholds</c>.</summary>
    public CircuitBreakerConfig HighLimits { get; init; } = new();

    /// <summary>How HTTP is spoken. Envoy: <c>typed_extension_protocol_options</c> and the old fields.</summary>
    public UpstreamHttpConfig Http { get; init; } = new();

    /// <summary>Name resolution; only used by the DNS kinds.</summary>
    public DnsConfig Dns { get; init; } = new();

    /// <summary>TCP keep-alive; null leaves the system's. Envoy: <c>upstream_connection_options.tcp_keepalive</c>.</summary>
    public TcpKeepAliveConfig? KeepAlive { get; init; }

    /// <summary>Where connections start; null lets the system choose. Envoy: <c>upstream_bind_config</c>.</summary>
    public UpstreamBindConfig? Bind { get; init; }

    /// <summary>In which order the addresses of a host are tried. Envoy: <c>upstream_connection_options.happy_eyeballs_config</c>.</summary>
    public HappyEyeballsConfig HappyEyeballs { get; init; } = new();

    /// <summary>Facts for formatters and filters. Envoy: <c>metadata</c>.</summary>
    public ConfigMetadata Metadata { get; init; } = ConfigMetadata.Empty;

    /// <summary>The message it was made from, for the admin's dump; equal when the messages are.</summary>
    public object? Source { get; init; }
}
