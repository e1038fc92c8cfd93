using Nuncio.Base.Stats;

namespace Nuncio.Core.Clusters;

/// <summary>One worker's handles on the limits of a cluster and priority. Owner: that worker; lives with its <see cref="WorkerCluster"/>.</summary>
public sealed class WorkerLimits
{
    internal WorkerLimits(ResourceLimits limits, StatScope cluster, ResourcePriority priority)
    {
        StatScope scope = cluster.SubScope(priority == ResourcePriority.High ? "circuit_breakers.high" : "circuit_breakers.default");
        bool remaining = limits.Config.TrackRemaining;
        Connections = Make(limits.Connections, scope, "cx_open", remaining ? "remaining_cx" : null);
        PendingRequests = Make(limits.PendingRequests, scope, "rq_pending_open", remaining ? "remaining_pending" : null);
        Requests = Make(limits.Requests, scope, "rq_open", remaining ? "remaining_rq" : null);
        Retries = Make(limits.Retries, scope, "rq_retry_open", remaining ? "remaining_retries" : null);
        ConnectionPools = Make(limits.ConnectionPools, scope, "cx_pool_open", remaining ? "remaining_cx_pools" : null);
    }

    /// <summary>Connections to all hosts.</summary>
    public WorkerLimit Connections { get; }

    /// <summary>Requests waiting for a connection.</summary>
    public WorkerLimit PendingRequests { get; }

    /// <summary>Requests in flight; taken and given back by the pool.</summary>
    public WorkerLimit Requests { get; }

    /// <summary>Retries scheduled or in flight; taken and given back by the router.</summary>
    public WorkerLimit Retries { get; }

    /// <summary>Connection pools.</summary>
    public WorkerLimit ConnectionPools { get; }

    private static WorkerLimit Make(ResourceLimit limit, StatScope scope, string open, string? remaining)
    {
        Gauge? left = remaining is null ? null : scope.Gauge(remaining);
        if (scope.CellIndex == 0)
        {
            // The main thread's cell holds the limit, every cell subtracts what its thread uses.
            left?.Set(limit.Max);
        }

        return new WorkerLimit(limit, scope.CellIndex, scope.Gauge(open), left);
    }
}
