namespace Nuncio.Core.Clusters;

/// <summary>The limits of one cluster and priority, shared by all workers. Any thread; made with its <see cref="ClusterInfo"/>.</summary>
public sealed class ResourceLimits(CircuitBreakerConfig config, int cells)
{
    /// <summary>What was configured.</summary>
    public CircuitBreakerConfig Config { get; } = config;

    /// <summary>Connections to all hosts.</summary>
    public ResourceLimit Connections { get; } = new(config.MaxConnections, cells);

    /// <summary>Requests waiting for a connection.</summary>
    public ResourceLimit PendingRequests { get; } = new(config.MaxPendingRequests, cells);

    /// <summary>Requests in flight.</summary>
    public ResourceLimit Requests { get; } = new(config.MaxRequests, cells);

    /// <summary>Retries scheduled or in flight.</summary>
    public ResourceLimit Retries { get; } = new(config.MaxRetries, cells);

    /// <summary>Connection pools.</summary>
    public ResourceLimit ConnectionPools { get; } = new(config.MaxConnectionPools, cells);
}
