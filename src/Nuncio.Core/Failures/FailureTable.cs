using Nuncio.Core.Pools;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Core.Failures;

/// <summary>
/// The one table of failures: from it come status, response flags, response code details, local reply body, counter, retry class
/// and the words that explain a failed request. To change how a failure shows anywhere, change its row.
/// </summary>
/// <remarks>
/// Immutable; any thread. Words, numbers and names are Envoy's, byte for byte, because clients and dashboards match them.
/// A counter named here is counted where the thing is noticed (pool, codec, connection manager); the row only says which it is.
/// </remarks>
public static class FailureTable
{
    private const string ResetDetails = "upstream_reset_before_response_started";
    private const string ResetBody = "upstream connect error or disconnect/reset before headers. ";

    private static readonly FailureRow s_none =
        new(FailureKind.None, FailureSide.Internal, 0, ResponseFlags.None, "", "", "Nothing went wrong.");

    private static readonly FailureRow[] s_rows = ByKind(
    [
        new(FailureKind.NoRoute, FailureSide.Internal, 404, ResponseFlags.NoRouteFound, "route_not_found", "",
            "No virtual host or no route matches the request.")
        {
            CounterScope = CounterScope.Http, Counter = "no_route",
        },
        new(FailureKind.NoCluster, FailureSide.Internal, 503, ResponseFlags.NoClusterFound, "cluster_not_found", "",
            "The route names a cluster that does not exist.")
        {
            CounterScope = CounterScope.Http, Counter = "no_cluster",
        },
        new(FailureKind.NoHealthyUpstream, FailureSide.Upstream, 503, ResponseFlags.NoHealthyUpstream, "no_healthy_upstream", "no healthy upstream",
            "The cluster has no host that may be used: it is empty, its name does not resolve, or all hosts are unhealthy.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_none_healthy",
        },
        new(FailureKind.MaintenanceMode, FailureSide.Internal, 503, ResponseFlags.UpstreamOverflow, "maintenance_mode", "maintenance mode",
            "The cluster is in maintenance mode, by a runtime key.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_maintenance_mode",
            Mark = KnownHeader.XEnvoyOverloaded,
        },
        new(FailureKind.DropOverload, FailureSide.Internal, 503, ResponseFlags.DropOverload, "drop_overload", "drop overload",
            "The request is of the share that the endpoints' configuration drops."),
        new(FailureKind.UnconditionalDropOverload, FailureSide.Internal, 503, ResponseFlags.UnconditionalDropOverload, "unconditional_drop_overload", "unconditional drop overload",
            "The endpoints' configuration drops all requests."),
        new(FailureKind.RouterOverload, FailureSide.Internal, 503, ResponseFlags.None, "overload", "envoy overloaded",
            "The overload manager sheds load before a request goes upstream.")
        {
            CounterScope = CounterScope.Http, Counter = "rq_overload_local_reply",
        },
        new(FailureKind.LocalReset, FailureSide.Internal, 503, ResponseFlags.LocalReset, ResetDetails, ResetBody,
            "We gave the upstream stream up before its response began.")
        {
            ResetWords = "local reset",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_tx_reset",
        },
        new(FailureKind.LocalRefusedReset, FailureSide.Internal, 503, ResponseFlags.LocalReset, ResetDetails, ResetBody,
            "We refused the upstream stream before sending anything.")
        {
            ResetWords = "local refused stream reset",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_tx_reset",
        },
        new(FailureKind.UpstreamRemoteReset, FailureSide.Upstream, 503, ResponseFlags.UpstreamRemoteReset, ResetDetails, ResetBody,
            "The upstream reset the stream before its response began.")
        {
            ResetWords = "remote reset",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_rx_reset",
        },
        new(FailureKind.UpstreamRemoteRefusedReset, FailureSide.Upstream, 503, ResponseFlags.UpstreamRemoteReset, ResetDetails, ResetBody,
            "The upstream refused the stream and did nothing with it.")
        {
            ResetWords = "remote refused stream reset",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_rx_reset",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.LocalConnectionFailure, FailureSide.Internal, 503, ResponseFlags.UpstreamConnectionFailure, ResetDetails, ResetBody,
            "We could not make a connection to the upstream host: no local address, port or descriptor was left for it, or its address is not usable here.")
        {
            ResetWords = "local connection failure",
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_connect_fail",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.RemoteConnectionFailure, FailureSide.Upstream, 503, ResponseFlags.UpstreamConnectionFailure, ResetDetails, ResetBody,
            "The upstream host did not accept the connection: nothing listens there, or it is not reachable.")
        {
            ResetWords = "remote connection failure",
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_connect_fail",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.ConnectionTimeout, FailureSide.Upstream, 503, ResponseFlags.UpstreamConnectionFailure, ResetDetails, ResetBody,
            "The connection to the upstream host was not made within the connect timeout.")
        {
            ResetWords = "connection timeout",
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_connect_timeout",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.UpstreamConnectionTermination, FailureSide.Upstream, 503, ResponseFlags.UpstreamConnectionTermination, ResetDetails, ResetBody,
            "The upstream closed the connection before its response began.")
        {
            ResetWords = "connection termination",
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_destroy_remote_with_active_rq",
            Retry = RetryClass.IfConnectionWasReused,
        },
        new(FailureKind.UpstreamOverflow, FailureSide.Internal, 503, ResponseFlags.UpstreamOverflow, ResetDetails, ResetBody,
            "A circuit breaker of the cluster is open: too many connections, pending requests or requests.")
        {
            ResetWords = "overflow",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_pending_overflow",
            Mark = KnownHeader.XEnvoyOverloaded,
        },
        new(FailureKind.UpstreamConnectError, FailureSide.Upstream, 503, ResponseFlags.UpstreamRemoteReset, ResetDetails, ResetBody,
            "The upstream answered a CONNECT with an error.")
        {
            ResetWords = "remote error with CONNECT request",
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_rx_reset",
        },
        new(FailureKind.UpstreamProtocolError, FailureSide.Upstream, 502, ResponseFlags.UpstreamProtocolError, ResetDetails, ResetBody,
            "The upstream sent something that is no valid HTTP.")
        {
            ResetWords = "protocol error",
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_protocol_error",
        },
        new(FailureKind.OverloadManagerReset, FailureSide.Internal, 503, ResponseFlags.OverloadManagerTerminated, ResetDetails, ResetBody,
            "The overload manager ended the stream to save memory.")
        {
            ResetWords = "overload manager reset",
        },
        new(FailureKind.Http1PrematureUpstreamHalfClose, FailureSide.Upstream, 503, ResponseFlags.LocalReset, ResetDetails, ResetBody,
            "The upstream closed its side of an HTTP/1 connection before the request had been sent completely.")
        {
            ResetWords = "HTTP/1 premature upstream half close",
        },
        new(FailureKind.UpstreamClosedDuringDecoding, FailureSide.Upstream, 503, ResponseFlags.None, ResetDetails, "upstream is closed prematurely during decoding data from downstream",
            "The upstream was gone while the request was still arriving, and another attempt was not possible."),
        new(FailureKind.RouteTimeout, FailureSide.Upstream, 504, ResponseFlags.UpstreamRequestTimeout, "response_timeout", "upstream request timeout",
            "The upstream did not answer within the route's timeout.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_timeout",
        },
        new(FailureKind.PerTryTimeout, FailureSide.Upstream, 504, ResponseFlags.UpstreamRequestTimeout, "upstream_per_try_timeout", "upstream request timeout",
            "The upstream did not answer within the timeout of one attempt.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_per_try_timeout",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.PerTryIdleTimeout, FailureSide.Upstream, 504, ResponseFlags.UpstreamRequestTimeout, "upstream_per_try_idle_timeout", "upstream request timeout",
            "The upstream sent nothing for as long as the idle timeout of one attempt.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_per_try_idle_timeout",
            Retry = RetryClass.Yes,
        },
        new(FailureKind.UpstreamMaxStreamDuration, FailureSide.Upstream, 408, ResponseFlags.UpstreamMaxStreamDurationReached, "upstream_max_stream_duration_reached", "upstream max stream duration reached",
            "The upstream stream lived for as long as it may.")
        {
            StatusWhenRequestComplete = 504,
            CounterScope = CounterScope.Cluster, Counter = "upstream_rq_max_duration_reached",
        },
        new(FailureKind.StrictHeaderCheck, FailureSide.Downstream, 400, ResponseFlags.InvalidEnvoyRequestHeaders, "request_headers_failed_strict_check", "",
            "The request has a header for the proxy itself with a value that means nothing.")
        {
            DetailsNameDetail = true,
        },
        new(FailureKind.RetryBufferOverflow, FailureSide.Internal, 507, ResponseFlags.None, "request_payload_exceeded_retry_buffer_limit", "exceeded request buffer limit while retrying upstream",
            "The request body is too large to be kept for another attempt.")
        {
            CounterScope = CounterScope.Cluster, Counter = "retry_or_shadow_abandoned",
        },
        new(FailureKind.DoNotForward, FailureSide.Internal, 204, ResponseFlags.None, "", "",
            "The request asked not to be forwarded."),
        new(FailureKind.EarlyConnectData, FailureSide.Downstream, 400, ResponseFlags.None, "early_connect_data", "",
            "The client sent data before its CONNECT was answered."),
        new(FailureKind.MissingRequestHeader, FailureSide.Internal, 503, ResponseFlags.DownstreamProtocolError, "filter_removed_required_request_headers", "missing required header: ",
            "A filter removed a header that every request must have.")
        {
            DetailsNameDetail = true,
            BodyNamesDetail = true,
        },
        new(FailureKind.MissingResponseStatus, FailureSide.Internal, 502, ResponseFlags.None, "filter_removed_required_response_headers", "missing required header: :status",
            "A filter removed the status of the response.")
        {
            DetailsNameDetail = true,
        },
        new(FailureKind.FilterAddedRequestData, FailureSide.Internal, 502, ResponseFlags.None, "filter_added_invalid_request_data", "Filter error",
            "A filter added request data at a point where it may not."),
        new(FailureKind.FilterAddedResponseData, FailureSide.Internal, 502, ResponseFlags.None, "filter_added_invalid_response_data", "Filter error",
            "A filter added response data at a point where it may not."),
        new(FailureKind.WebSocketHandshake, FailureSide.Upstream, 0, ResponseFlags.None, "websocket_handshake_unsuccessful", "",
            "The upstream did not agree to the upgrade."),
        new(FailureKind.Overload, FailureSide.Internal, 503, ResponseFlags.None, "overload", "envoy overloaded",
            "The overload manager sheds load: requests are answered without looking at them.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_overload_close",
            Mark = KnownHeader.XEnvoyLocalOverloaded,
        },
        new(FailureKind.StreamIdleTimeout, FailureSide.Downstream, 408, ResponseFlags.StreamIdleTimeout, "stream_idle_timeout", "stream timeout",
            "Nothing moved on the stream for as long as its idle timeout.")
        {
            StatusWhenRequestComplete = 504,
            CounterScope = CounterScope.Http, Counter = "downstream_rq_idle_timeout",
        },
        new(FailureKind.RequestTimeout, FailureSide.Downstream, 408, ResponseFlags.None, "request_overall_timeout", "request timeout",
            "The request did not arrive completely within the request timeout.")
        {
            StatusWhenRequestComplete = 504,
            CounterScope = CounterScope.Http, Counter = "downstream_rq_timeout",
        },
        new(FailureKind.RequestHeaderTimeout, FailureSide.Downstream, 408, ResponseFlags.None, "request_header_timeout", "request header timeout",
            "The headers of the request did not arrive within their timeout.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_header_timeout",
        },
        new(FailureKind.MaxStreamDuration, FailureSide.Downstream, 408, ResponseFlags.None, "max_duration_timeout", "downstream duration timeout",
            "The stream lived for as long as it may.")
        {
            StatusWhenRequestComplete = 504,
            CounterScope = CounterScope.Http, Counter = "downstream_rq_max_duration_reached",
        },
        new(FailureKind.LowVersion, FailureSide.Downstream, 426, ResponseFlags.DownstreamProtocolError, "low_version", "Upgrade Required",
            "The client speaks HTTP/1.0 or older, which is not accepted here."),
        new(FailureKind.MissingHost, FailureSide.Downstream, 400, ResponseFlags.None, "missing_host_header", "",
            "The request has no host."),
        new(FailureKind.InvalidAuthority, FailureSide.Downstream, 400, ResponseFlags.None, "http.invalid_authority", "",
            "The host of the request is not a valid one."),
        new(FailureKind.InvalidMethod, FailureSide.Downstream, 400, ResponseFlags.None, "http.invalid_method", "",
            "The method of the request is not a valid one."),
        new(FailureKind.InvalidScheme, FailureSide.Downstream, 400, ResponseFlags.None, "http.invalid_scheme", "",
            "The scheme of the request is not a valid one."),
        new(FailureKind.InvalidConnectUdpPath, FailureSide.Downstream, 404, ResponseFlags.None, "invalid_path", "The path is incorrect for CONNECT-UDP",
            "The path of a CONNECT-UDP request is not a valid one."),
        new(FailureKind.MissingPath, FailureSide.Downstream, 404, ResponseFlags.None, "missing_path_rejected", "",
            "The request has no path."),
        new(FailureKind.AbsolutePath, FailureSide.Downstream, 404, ResponseFlags.None, "absolute_path_rejected", "",
            "The path of the request does not begin with a slash.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_non_relative_path",
        },
        new(FailureKind.PathNormalization, FailureSide.Downstream, 400, ResponseFlags.None, "path_normalization_failed", "",
            "The path of the request cannot be normalised, or holds something that is rejected.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_failed_path_normalization",
        },
        new(FailureKind.PathRedirect, FailureSide.Downstream, 307, ResponseFlags.None, "path_normalization_failed", "",
            "The path had escaped slashes: the client is sent to the normalised one.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_redirected_with_normalized_path",
        },
        new(FailureKind.UpgradeNotAllowed, FailureSide.Internal, 403, ResponseFlags.None, "upgrade_failed", "",
            "The client asked for an upgrade that is not allowed here.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_ws_on_non_ws_route",
        },
        new(FailureKind.AddressDetection, FailureSide.Downstream, 403, ResponseFlags.None, "rejecting_because_detection_failed", "",
            "The original address of the client could not be told.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_rejected_via_ip_detection",
        },
        new(FailureKind.RequestTooLarge, FailureSide.Downstream, 413, ResponseFlags.None, "request_payload_too_large", "Payload Too Large",
            "The request body is larger than what may be buffered for a filter.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_too_large",
        },
        new(FailureKind.ResponseTooLarge, FailureSide.Upstream, 500, ResponseFlags.None, "response_payload_too_large", "Internal Server Error",
            "The response body is larger than what may be buffered for a filter.")
        {
            CounterScope = CounterScope.Http, Counter = "rs_too_large",
        },
        new(FailureKind.DownstreamProtocolError, FailureSide.Downstream, 400, ResponseFlags.DownstreamProtocolError, "codec_error", "Bad Request",
            "The client sent something that is no valid HTTP.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_cx_protocol_error",
        },
        new(FailureKind.CodecOverload, FailureSide.Internal, 500, ResponseFlags.OverloadManagerTerminated, "overload", "Internal Server Error",
            "The overload manager refused the request before it was decoded."),
        new(FailureKind.FilterFailed, FailureSide.Internal, 500, ResponseFlags.None, "filter_failed", "Internal Server Error",
            "A filter of the proxy failed; this is a bug in it."),
        new(FailureKind.FilterConfigMissing, FailureSide.Internal, 500, ResponseFlags.NoFilterConfigFound, "", "",
            "The configuration of a filter has not arrived."),
        new(FailureKind.DownstreamDisconnect, FailureSide.Downstream, 0, ResponseFlags.DownstreamConnectionTermination, "downstream_remote_disconnect", "",
            "The client closed the connection before it had the whole response.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_cx_destroy_remote_active_rq",
        },
        new(FailureKind.DownstreamLocalDisconnect, FailureSide.Internal, 0, ResponseFlags.None, "downstream_local_disconnect", "",
            "We closed the client's connection before it had the whole response.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_cx_destroy_local_active_rq",
        },
        new(FailureKind.DownstreamReset, FailureSide.Downstream, 0, ResponseFlags.DownstreamRemoteReset, "http2.remote_reset", "",
            "The client reset the stream.")
        {
            CounterScope = CounterScope.Http, Counter = "downstream_rq_rx_reset",
        },
        new(FailureKind.NoFilterChain, FailureSide.Internal, 0, ResponseFlags.NoRouteFound, "filter_chain_not_found", "",
            "No filter chain of the listener matches the connection.")
        {
            CounterScope = CounterScope.Listener, Counter = "no_filter_chain_match",
        },
        new(FailureKind.TcpNoRoute, FailureSide.Internal, 0, ResponseFlags.NoClusterFound, "", "",
            "The cluster that the TCP proxy forwards to does not exist.")
        {
            CounterScope = CounterScope.Tcp, Counter = "downstream_cx_no_route",
        },
        new(FailureKind.TcpConnectAttemptsExceeded, FailureSide.Upstream, 0, ResponseFlags.UpstreamRetryLimitExceeded, "", "",
            "All attempts to connect to the upstream failed.")
        {
            CounterScope = CounterScope.Cluster, Counter = "upstream_cx_connect_attempts_exceeded",
        },
        new(FailureKind.TcpIdleTimeout, FailureSide.Internal, 0, ResponseFlags.None, "tcp_session_idle_timeout", "",
            "Nothing moved on the connection for as long as its idle timeout.")
        {
            CounterScope = CounterScope.Tcp, Counter = "idle_timeout",
        },
        new(FailureKind.ConnectionDurationReached, FailureSide.Internal, 0, ResponseFlags.DurationTimeout, "duration_timeout", "",
            "The connection lived for as long as it may.")
        {
            CounterScope = CounterScope.Tcp, Counter = "max_downstream_connection_duration",
        },
    ]);

    /// <summary>All rows, in the order of the kinds.</summary>
    public static IReadOnlyList<FailureRow> Rows => s_rows;

    /// <summary>The row of a kind.</summary>
    public static FailureRow Get(FailureKind kind) => s_rows[(int)kind];

    /// <summary>What the end of an upstream stream before its response means.</summary>
    public static FailureKind FromReset(StreamResetReason reason) => reason switch
    {
        StreamResetReason.LocalReset => FailureKind.LocalReset,
        StreamResetReason.LocalRefusedStreamReset => FailureKind.LocalRefusedReset,
        StreamResetReason.RemoteReset => FailureKind.UpstreamRemoteReset,
        StreamResetReason.RemoteRefusedStreamReset => FailureKind.UpstreamRemoteRefusedReset,
        StreamResetReason.LocalConnectionFailure => FailureKind.LocalConnectionFailure,
        StreamResetReason.RemoteConnectionFailure => FailureKind.RemoteConnectionFailure,
        StreamResetReason.ConnectionTimeout => FailureKind.ConnectionTimeout,
        StreamResetReason.ConnectionTermination => FailureKind.UpstreamConnectionTermination,
        StreamResetReason.Overflow => FailureKind.UpstreamOverflow,
        StreamResetReason.ConnectError => FailureKind.UpstreamConnectError,
        StreamResetReason.ProtocolError => FailureKind.UpstreamProtocolError,
        StreamResetReason.OverloadManager => FailureKind.OverloadManagerReset,
        StreamResetReason.Http1PrematureUpstreamHalfClose => FailureKind.Http1PrematureUpstreamHalfClose,
        _ => FailureKind.LocalReset,
    };

    /// <summary>What it means that the pool gave no stream or connection.</summary>
    public static FailureKind FromPool(PoolFailureReason reason) => reason switch
    {
        PoolFailureReason.Overflow => FailureKind.UpstreamOverflow,
        PoolFailureReason.LocalConnectionFailure => FailureKind.LocalConnectionFailure,
        PoolFailureReason.RemoteConnectionFailure => FailureKind.RemoteConnectionFailure,
        _ => FailureKind.ConnectionTimeout,
    };

    // A kind without a row, or with two, would be found only when it happens: so it fails here, at start.
    private static FailureRow[] ByKind(ReadOnlySpan<FailureRow> rows)
    {
        FailureRow[] table = new FailureRow[rows.Length + 1];
        table[0] = s_none;
        foreach (FailureRow row in rows)
        {
            int index = (int)row.Kind;
            table[index] = table[index] is null ? row : throw new InvalidOperationException($"two rows for {row.Kind}");
        }

        return table;
    }
}
