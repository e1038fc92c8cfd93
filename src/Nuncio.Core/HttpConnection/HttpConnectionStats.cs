using Nuncio.Base.Stats;
using Nuncio.Core.Failures;

namespace Nuncio.Core.HttpConnection;

/// <summary><c>http.&lt;stat_prefix&gt;.</c> of one worker (Appendix A of the feature reference). Created once per worker and prefix.</summary>
public sealed class HttpConnectionStats(StatScope http, StatScope listener)
{
    /// <summary>Code classes of the listener: <c>listener.&lt;a&gt;.http.&lt;p&gt;.</c></summary>
    public readonly ResponseClassStats Listener = new(listener);

    /// <summary>Failures of the table that count here.</summary>
    public readonly FailureCounters Failures = new(http, CounterScope.Http);

    /// <summary>Code classes.</summary>
    public readonly ResponseClassStats Responses = new(http);

    public readonly Counter CxTotal = http.Counter("downstream_cx_total");
    public readonly Counter CxHttp1Total = http.Counter("downstream_cx_http1_total");
    public readonly Gauge CxActive = http.Gauge("downstream_cx_active");
    public readonly Gauge CxHttp1Active = http.Gauge("downstream_cx_http1_active");
    public readonly Gauge CxHttp1SoftDrain = http.Gauge("downstream_cx_http1_soft_drain");
    public readonly Counter CxDestroy = http.Counter("downstream_cx_destroy");
    public readonly Counter CxDestroyLocal = http.Counter("downstream_cx_destroy_local");
    public readonly Counter CxDestroyRemote = http.Counter("downstream_cx_destroy_remote");
    public readonly Counter CxDestroyActiveRq = http.Counter("downstream_cx_destroy_active_rq");
    public readonly Counter CxDestroyLocalActiveRq = http.Counter("downstream_cx_destroy_local_active_rq");
    public readonly Counter CxDestroyRemoteActiveRq = http.Counter("downstream_cx_destroy_remote_active_rq");
    public readonly Counter CxDrainClose = http.Counter("downstream_cx_drain_close");
    public readonly Counter CxIdleTimeout = http.Counter("downstream_cx_idle_timeout");
    public readonly Counter CxMaxDurationReached = http.Counter("downstream_cx_max_duration_reached");
    public readonly Counter CxMaxRequestsReached = http.Counter("downstream_cx_max_requests_reached");
    public readonly Counter CxProtocolError = http.Counter("downstream_cx_protocol_error");
    public readonly Histogram CxLengthMs = http.Histogram("downstream_cx_length_ms", HistogramUnit.Milliseconds);
    public readonly Counter CxOverloadDisableKeepAlive = http.Counter("downstream_cx_overload_disable_keepalive");
    public readonly Counter FlowControlPaused = http.Counter("downstream_flow_control_paused_reading_total");
    public readonly Counter FlowControlResumed = http.Counter("downstream_flow_control_resumed_reading_total");
    public readonly Counter CxDelayedCloseTimeout = http.Counter("downstream_cx_delayed_close_timeout");
    public readonly Counter CxRxBytesTotal = http.Counter("downstream_cx_rx_bytes_total");
    public readonly Gauge CxRxBytesBuffered = http.Gauge("downstream_cx_rx_bytes_buffered");
    public readonly Counter CxTxBytesTotal = http.Counter("downstream_cx_tx_bytes_total");
    public readonly Gauge CxTxBytesBuffered = http.Gauge("downstream_cx_tx_bytes_buffered");

    public readonly Counter RqTotal = http.Counter("downstream_rq_total");
    public readonly Counter RqHttp1Total = http.Counter("downstream_rq_http1_total");
    public readonly Gauge RqActive = http.Gauge("downstream_rq_active");
    public readonly Histogram RqTime = http.Histogram("downstream_rq_time", HistogramUnit.Milliseconds);
    public readonly Counter RqOverloadClose = http.Counter("downstream_rq_overload_close");
    public readonly Counter RqResponseBeforeComplete = http.Counter("downstream_rq_response_before_rq_complete");
    public readonly Counter RqRxReset = http.Counter("downstream_rq_rx_reset");
    public readonly Counter RqTxReset = http.Counter("downstream_rq_tx_reset");

    /// <summary>Ours: responses whose large body went past the proxy inside the kernel.</summary>
    public readonly Counter RsBodyBypassed = http.Counter("rs_body_bypassed");

    public readonly Counter RouterRqTotal = http.Counter("rq_total");
    // Envoy: declared, never incremented; redirects count as direct responses.
    public readonly Counter RqRedirect = http.Counter("rq_redirect");
    public readonly Counter RqDirectResponse = http.Counter("rq_direct_response");
    public readonly Counter RqOverloadLocalReply = http.Counter("rq_overload_local_reply");
    public readonly Counter RqResetAfterResponseStarted = http.Counter("rq_reset_after_downstream_response_started");
}
