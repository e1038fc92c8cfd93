namespace Nuncio.Core.Clusters;

/// <summary>
/// What all workers share of one version of a cluster: its configuration in the units of the data path, and its limits.
/// </summary>
/// <remarks>
/// Any thread: immutable but for the limits' counters. Made by the <see cref="ClusterManager"/>, lives until the last stream that
/// refers to it is gone.
/// </remarks>
public sealed class ClusterInfo
{
    private readonly ResourceLimits _default;
    private readonly ResourceLimits _high;

    /// <param name="config">The configuration.</param>
    /// <param name="cellCount">Threads that use clusters, the main thread included: the number of statistics cells.</param>
    public ClusterInfo(ClusterConfig config, int cellCount)
    {
        Config = config;
        CellCount = cellCount;
        Reference = ClusterRef.Of(config.Name);
        StatName = config.AltStatName.Length == 0 ? config.Name : config.AltStatName;
        ConnectTimeoutNanos = Nanos(config.ConnectTimeout);
        IdleTimeoutNanos = Nanos(config.Http.IdleTimeout);
        MaxConnectionDurationNanos = Nanos(config.Http.MaxConnectionDuration ?? TimeSpan.Zero);
        MaxStreamDurationNanos = Nanos(config.Http.MaxStreamDuration ?? TimeSpan.Zero);
        SharesActiveRequests = config.LoadBalancing.Policy == LoadBalancingPolicyKind.LeastRequest;
        _default = new ResourceLimits(config.DefaultLimits, cellCount);
        _high = new ResourceLimits(config.HighLimits, cellCount);
    }

    /// <summary>The configuration.</summary>
    public ClusterConfig Config { get; }

    /// <summary>Name that routes use.</summary>
    public string Name => Config.Name;

    /// <summary>Its place in every worker's table.</summary>
    public ClusterRef Reference { get; }

    /// <summary>Name in statistics and in <c>%UPSTREAM_CLUSTER%</c> (Envoy: observability name).</summary>
    public string StatName { get; }

    /// <summary>Facts for formatters and filters.</summary>
    public ConfigMetadata Metadata => Config.Metadata;

    /// <summary>Whether a management server made it.</summary>
    public bool AddedViaApi { get; init; }

    /// <summary>Threads that use it.</summary>
    public int CellCount { get; }

    /// <summary>Time a connection may take to be made.</summary>
    public long ConnectTimeoutNanos { get; }

    /// <summary>Idle time after which a pooled HTTP connection is closed; 0 is never.</summary>
    public long IdleTimeoutNanos { get; }

    /// <summary>Age after which an HTTP connection takes no further request; 0 is never.</summary>
    public long MaxConnectionDurationNanos { get; }

    /// <summary>Time a stream may live; 0 is no limit. Enforced by the router.</summary>
    public long MaxStreamDurationNanos { get; }

    /// <summary>Bytes buffered per connection before back-pressure; 0 is no limit.</summary>
    public int PerConnectionBufferLimit => Config.PerConnectionBufferLimit;

    /// <summary>Whether load balancing compares the requests that all workers have in flight at a host.</summary>
    internal bool SharesActiveRequests { get; }

    /// <summary>The limits of a priority.</summary>
    public ResourceLimits Limits(ResourcePriority priority) => priority == ResourcePriority.High ? _high : _default;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static long Nanos(TimeSpan time) => time.Ticks * 100;
}
