using Nuncio.Core.AccessLog;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// What the user wants of a TCP proxy, in our units; immutable, any thread. Envoy:
/// <c>envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy</c>. Made by <see cref="TcpProxyFactory"/>.
/// </summary>
public sealed record TcpProxyConfig
{
    /// <summary><c>stat_prefix</c>: statistics are <c>tcp.&lt;stat_prefix&gt;.*</c>.</summary>
    public required string StatPrefix { get; init; }

    /// <summary><c>cluster</c>, or <c>weighted_clusters</c>.</summary>
    public required ClusterChoice Clusters { get; init; }

    /// <summary><c>idle_timeout</c>: time without a byte either way after which both connections are closed; 1 h, 0 never.</summary>
    public long IdleTimeoutNanos { get; init; } = 3600L * 1_000_000_000;

    /// <summary><c>max_connect_attempts</c>: connections tried, each to a host chosen anew, before the client is given up; 1.</summary>
    public uint MaxConnectAttempts { get; init; } = 1;

    /// <summary><c>backoff_options</c>: how long to wait between attempts; null does not wait.</summary>
    public ConnectBackOff? BackOff { get; init; }

    /// <summary><c>max_downstream_connection_duration</c>: age at which the client's connection is closed; 0 never.</summary>
    public long MaxConnectionDurationNanos { get; init; }

    /// <summary><c>max_downstream_connection_duration_jitter_percentage</c>: up to this percentage is added to the age, at random; 0.</summary>
    public double MaxConnectionDurationJitter { get; init; }

    /// <summary><c>access_log</c>: written at the end of each connection.</summary>
    public IReadOnlyList<IAccessLoggerProvider> AccessLogs { get; init; } = [];

    /// <summary><c>access_log_options.flush_access_log_on_start</c>: also before an upstream is chosen.</summary>
    public bool LogOnStart { get; init; }

    /// <summary><c>access_log_options.flush_access_log_on_connected</c>: also when the upstream is connected.</summary>
    public bool LogOnConnected { get; init; }

    /// <summary><c>access_log_options.access_log_flush_interval</c>: also this often meanwhile; 0 never.</summary>
    public long LogIntervalNanos { get; init; }
}
