using Nuncio.Base.Stats;
using Nuncio.IO.Network;

namespace Nuncio.Core.Clusters;

/// <summary>
/// What one worker counts of one cluster (<c>cluster.&lt;name&gt;.*</c>). Owner: that worker. The pool counts connections, pending and
/// active requests; the router counts answers, timeouts, resets, retries and flow control.
/// </summary>
public sealed class ClusterStats(StatScope scope)
{
    /// <summary><c>cluster.&lt;name&gt;</c>, for what other features count per cluster.</summary>
    public readonly StatScope Scope = scope;

    // Connections: the pool.
    public readonly Counter CxTotal = scope.Counter("upstream_cx_total");
    public readonly Counter CxHttp1Total = scope.Counter("upstream_cx_http1_total");
    public readonly Counter CxConnectFail = scope.Counter("upstream_cx_connect_fail");
    public readonly Counter CxConnectTimeout = scope.Counter("upstream_cx_connect_timeout");
    public readonly Counter CxIdleTimeout = scope.Counter("upstream_cx_idle_timeout");
    public readonly Counter CxMaxDurationReached = scope.Counter("upstream_cx_max_duration_reached");
    public readonly Counter CxConnectAttemptsExceeded = scope.Counter("upstream_cx_connect_attempts_exceeded");
    public readonly Counter CxOverflow = scope.Counter("upstream_cx_overflow");
    public readonly Counter CxPoolOverflow = scope.Counter("upstream_cx_pool_overflow");
    public readonly Counter CxDestroy = scope.Counter("upstream_cx_destroy");
    public readonly Counter CxDestroyLocal = scope.Counter("upstream_cx_destroy_local");
    public readonly Counter CxDestroyRemote = scope.Counter("upstream_cx_destroy_remote");
    public readonly Counter CxDestroyWithActiveRq = scope.Counter("upstream_cx_destroy_with_active_rq");
    public readonly Counter CxDestroyLocalWithActiveRq = scope.Counter("upstream_cx_destroy_local_with_active_rq");
    public readonly Counter CxDestroyRemoteWithActiveRq = scope.Counter("upstream_cx_destroy_remote_with_active_rq");
    public readonly Counter CxCloseNotify = scope.Counter("upstream_cx_close_notify");
    public readonly Counter CxProtocolError = scope.Counter("upstream_cx_protocol_error");
    public readonly Counter CxMaxRequests = scope.Counter("upstream_cx_max_requests");

    /// <summary>No host could be chosen; counted where one was wanted (TCP proxy and HTTP router).</summary>
    public readonly Counter CxNoneHealthy = scope.Counter("upstream_cx_none_healthy");

    /// <summary>Bytes, counted by the connections themselves.</summary>
    public readonly ConnectionStats ConnectionBytes = new()
    {
        ReadTotal = scope.Counter("upstream_cx_rx_bytes_total"),
        ReadCurrent = scope.Gauge("upstream_cx_rx_bytes_buffered"),
        WriteTotal = scope.Counter("upstream_cx_tx_bytes_total"),
        WriteCurrent = scope.Gauge("upstream_cx_tx_bytes_buffered"),
        BindErrors = scope.Counter("bind_errors"),
    };

    public readonly Gauge CxActive = scope.Gauge("upstream_cx_active");
    public readonly Histogram CxConnectMs = scope.Histogram("upstream_cx_connect_ms", HistogramUnit.Milliseconds);
    public readonly Histogram CxLengthMs = scope.Histogram("upstream_cx_length_ms", HistogramUnit.Milliseconds);
    public readonly Histogram RqPerCx = scope.Histogram("upstream_rq_per_cx");

    // Requests: the pool.
    public readonly Counter RqTotal = scope.Counter("upstream_rq_total");
    public readonly Gauge RqActive = scope.Gauge("upstream_rq_active");
    public readonly Counter RqPendingTotal = scope.Counter("upstream_rq_pending_total");
    public readonly Gauge RqPendingActive = scope.Gauge("upstream_rq_pending_active");
    public readonly Counter RqPendingOverflow = scope.Counter("upstream_rq_pending_overflow");
    public readonly Counter RqPendingFailureEject = scope.Counter("upstream_rq_pending_failure_eject");
    public readonly Counter RqCancelled = scope.Counter("upstream_rq_cancelled");

    // Requests: the router.
    public readonly Counter RqMaintenanceMode = scope.Counter("upstream_rq_maintenance_mode");
    public readonly Counter RqTimeout = scope.Counter("upstream_rq_timeout");
    public readonly Counter RqMaxDurationReached = scope.Counter("upstream_rq_max_duration_reached");
    public readonly Counter RqPerTryTimeout = scope.Counter("upstream_rq_per_try_timeout");
    public readonly Counter RqPerTryIdleTimeout = scope.Counter("upstream_rq_per_try_idle_timeout");
    public readonly Counter RqRxReset = scope.Counter("upstream_rq_rx_reset");
    public readonly Counter RqTxReset = scope.Counter("upstream_rq_tx_reset");
    public readonly Counter RqRetry = scope.Counter("upstream_rq_retry");
    public readonly Counter RqRetrySuccess = scope.Counter("upstream_rq_retry_success");
    public readonly Counter RqRetryOverflow = scope.Counter("upstream_rq_retry_overflow");
    public readonly Counter RqRetryLimitExceeded = scope.Counter("upstream_rq_retry_limit_exceeded");
    public readonly Counter RetryOrShadowAbandoned = scope.Counter("retry_or_shadow_abandoned");
    public readonly Counter FlowControlPausedReading = scope.Counter("upstream_flow_control_paused_reading_total");
    public readonly Counter FlowControlResumedReading = scope.Counter("upstream_flow_control_resumed_reading_total");
    public readonly Counter FlowControlBackedUp = scope.Counter("upstream_flow_control_backed_up_total");
    public readonly Counter FlowControlDrained = scope.Counter("upstream_flow_control_drained_total");
    public readonly Histogram RqTime = scope.Histogram("upstream_rq_time", HistogramUnit.Milliseconds);

    /// <summary>Final responses. Counted by the router.</summary>
    public readonly ResponseCodeStats Responses = new(scope);

    /// <summary>Responses to internal requests (<c>internal.</c>). Counted by the router.</summary>
    public readonly ResponseCodeStats InternalResponses = new(scope.SubScope("internal"));

    /// <summary>Responses to external requests (<c>external.</c>). Counted by the router.</summary>
    public readonly ResponseCodeStats ExternalResponses = new(scope.SubScope("external"));

    // Load balancing.
    public readonly Counter LbHealthyPanic = scope.Counter("lb_healthy_panic");

    /// <summary>Holds what <paramref name="before"/>, of an earlier version of the cluster, has made for single response codes.</summary>
    public void Continue(ClusterStats before)
    {
        Responses.Continue(before.Responses);
        InternalResponses.Continue(before.InternalResponses);
        ExternalResponses.Continue(before.ExternalResponses);
    }
}
