namespace Nuncio.Core.Clusters;

/// <summary>Limits of one cluster and priority, over all workers (Envoy: <c>CircuitBreakers.Thresholds</c>). Immutable, any thread.</summary>
public sealed record CircuitBreakerConfig
{
    /// <summary>Connections; default 1024. Envoy: <c>max_connections</c>.</summary>
    public uint MaxConnections { get; init; } = 1024;

    /// <summary>Requests waiting for a connection; default 1024. Envoy: <c>max_pending_requests</c>.</summary>
    public uint MaxPendingRequests { get; init; } = 1024;

    /// <summary>Requests in flight; default 1024. Envoy: <c>max_requests</c>.</summary>
    public uint MaxRequests { get; init; } = 1024;

    /// <summary>Retries in flight; default 3. Envoy: <c>max_retries</c>.</summary>
    public uint MaxRetries { get; init; } = 3;

    /// <summary>Connection pools; default no limit. Envoy: <c>max_connection_pools</c>.</summary>
    public uint MaxConnectionPools { get; init; } = uint.MaxValue;

    /// <summary>Whether gauges tell what is left of each limit; default false. Envoy: <c>track_remaining</c>.</summary>
    public bool TrackRemaining { get; init; }
}
