namespace Nuncio.Http.Headers;

/// <summary>
/// The headers that the proxy itself reads or writes, plus the common ones of browsers and services. A header map finds these by
/// index. Order: pseudo headers first (everything up to <see cref="Protocol"/>), then as in <see cref="KnownHeaders"/>.
/// </summary>
public enum KnownHeader : byte
{
    /// <summary>Not one of the known headers.</summary>
    None,

    /// <summary><c>:method</c></summary>
    Method,

    /// <summary><c>:path</c></summary>
    Path,

    /// <summary><c>:authority</c></summary>
    Authority,

    /// <summary><c>:scheme</c></summary>
    Scheme,

    /// <summary><c>:status</c></summary>
    Status,

    /// <summary><c>:protocol</c></summary>
    Protocol,

    /// <summary><c>host</c></summary>
    Host,

    /// <summary><c>content-length</c></summary>
    ContentLength,

    /// <summary><c>transfer-encoding</c></summary>
    TransferEncoding,

    /// <summary><c>connection</c></summary>
    Connection,

    /// <summary><c>keep-alive</c></summary>
    KeepAlive,

    /// <summary><c>proxy-connection</c></summary>
    ProxyConnection,

    /// <summary><c>upgrade</c></summary>
    Upgrade,

    /// <summary><c>te</c></summary>
    Te,

    /// <summary><c>trailer</c></summary>
    Trailer,

    /// <summary><c>expect</c></summary>
    Expect,

    /// <summary><c>http2-settings</c></summary>
    Http2Settings,

    /// <summary><c>accept</c></summary>
    Accept,

    /// <summary><c>accept-encoding</c></summary>
    AcceptEncoding,

    /// <summary><c>accept-language</c></summary>
    AcceptLanguage,

    /// <summary><c>accept-ranges</c></summary>
    AcceptRanges,

    /// <summary><c>age</c></summary>
    Age,

    /// <summary><c>allow</c></summary>
    Allow,

    /// <summary><c>alt-svc</c></summary>
    AltSvc,

    /// <summary><c>authorization</c></summary>
    Authorization,

    /// <summary><c>cache-control</c></summary>
    CacheControl,

    /// <summary><c>cdn-loop</c></summary>
    CdnLoop,

    /// <summary><c>content-disposition</c></summary>
    ContentDisposition,

    /// <summary><c>content-encoding</c></summary>
    ContentEncoding,

    /// <summary><c>content-language</c></summary>
    ContentLanguage,

    /// <summary><c>content-location</c></summary>
    ContentLocation,

    /// <summary><c>content-range</c></summary>
    ContentRange,

    /// <summary><c>content-type</c></summary>
    ContentType,

    /// <summary><c>cookie</c></summary>
    Cookie,

    /// <summary><c>date</c></summary>
    Date,

    /// <summary><c>early-data</c></summary>
    EarlyData,

    /// <summary><c>etag</c></summary>
    Etag,

    /// <summary><c>expires</c></summary>
    Expires,

    /// <summary><c>forwarded</c></summary>
    Forwarded,

    /// <summary><c>if-match</c></summary>
    IfMatch,

    /// <summary><c>if-modified-since</c></summary>
    IfModifiedSince,

    /// <summary><c>if-none-match</c></summary>
    IfNoneMatch,

    /// <summary><c>if-range</c></summary>
    IfRange,

    /// <summary><c>if-unmodified-since</c></summary>
    IfUnmodifiedSince,

    /// <summary><c>last-modified</c></summary>
    LastModified,

    /// <summary><c>link</c></summary>
    Link,

    /// <summary><c>location</c></summary>
    Location,

    /// <summary><c>max-forwards</c></summary>
    MaxForwards,

    /// <summary><c>origin</c></summary>
    Origin,

    /// <summary><c>pragma</c></summary>
    Pragma,

    /// <summary><c>proxy-authenticate</c></summary>
    ProxyAuthenticate,

    /// <summary><c>proxy-authorization</c></summary>
    ProxyAuthorization,

    /// <summary><c>proxy-status</c></summary>
    ProxyStatus,

    /// <summary><c>range</c></summary>
    Range,

    /// <summary><c>referer</c></summary>
    Referer,

    /// <summary><c>retry-after</c></summary>
    RetryAfter,

    /// <summary><c>server</c></summary>
    Server,

    /// <summary><c>set-cookie</c></summary>
    SetCookie,

    /// <summary><c>strict-transport-security</c></summary>
    StrictTransportSecurity,

    /// <summary><c>user-agent</c></summary>
    UserAgent,

    /// <summary><c>vary</c></summary>
    Vary,

    /// <summary><c>via</c></summary>
    Via,

    /// <summary><c>www-authenticate</c></summary>
    WwwAuthenticate,

    /// <summary><c>access-control-allow-origin</c></summary>
    AccessControlAllowOrigin,

    /// <summary><c>access-control-allow-methods</c></summary>
    AccessControlAllowMethods,

    /// <summary><c>access-control-allow-headers</c></summary>
    AccessControlAllowHeaders,

    /// <summary><c>access-control-allow-credentials</c></summary>
    AccessControlAllowCredentials,

    /// <summary><c>access-control-allow-private-network</c></summary>
    AccessControlAllowPrivateNetwork,

    /// <summary><c>access-control-expose-headers</c></summary>
    AccessControlExposeHeaders,

    /// <summary><c>access-control-max-age</c></summary>
    AccessControlMaxAge,

    /// <summary><c>access-control-request-method</c></summary>
    AccessControlRequestMethod,

    /// <summary><c>access-control-request-headers</c></summary>
    AccessControlRequestHeaders,

    /// <summary><c>access-control-request-private-network</c></summary>
    AccessControlRequestPrivateNetwork,

    /// <summary><c>grpc-status</c></summary>
    GrpcStatus,

    /// <summary><c>grpc-message</c></summary>
    GrpcMessage,

    /// <summary><c>grpc-timeout</c></summary>
    GrpcTimeout,

    /// <summary><c>grpc-encoding</c></summary>
    GrpcEncoding,

    /// <summary><c>grpc-accept-encoding</c></summary>
    GrpcAcceptEncoding,

    /// <summary><c>grpc-status-details-bin</c></summary>
    GrpcStatusDetailsBin,

    /// <summary><c>x-forwarded-for</c></summary>
    XForwardedFor,

    /// <summary><c>x-forwarded-proto</c></summary>
    XForwardedProto,

    /// <summary><c>x-forwarded-port</c></summary>
    XForwardedPort,

    /// <summary><c>x-forwarded-host</c></summary>
    XForwardedHost,

    /// <summary><c>x-forwarded-client-cert</c></summary>
    XForwardedClientCert,

    /// <summary><c>x-real-ip</c></summary>
    XRealIp,

    /// <summary><c>x-request-id</c></summary>
    XRequestId,

    /// <summary><c>x-client-trace-id</c></summary>
    XClientTraceId,

    /// <summary><c>traceparent</c></summary>
    Traceparent,

    /// <summary><c>tracestate</c></summary>
    Tracestate,

    /// <summary><c>baggage</c></summary>
    Baggage,

    /// <summary><c>b3</c></summary>
    B3,

    /// <summary><c>x-b3-traceid</c></summary>
    XB3Traceid,

    /// <summary><c>x-b3-spanid</c></summary>
    XB3Spanid,

    /// <summary><c>x-b3-parentspanid</c></summary>
    XB3Parentspanid,

    /// <summary><c>x-b3-sampled</c></summary>
    XB3Sampled,

    /// <summary><c>x-b3-flags</c></summary>
    XB3Flags,

    /// <summary><c>x-ot-span-context</c></summary>
    XOtSpanContext,

    /// <summary><c>x-ratelimit-limit</c></summary>
    XRatelimitLimit,

    /// <summary><c>x-ratelimit-remaining</c></summary>
    XRatelimitRemaining,

    /// <summary><c>x-ratelimit-reset</c></summary>
    XRatelimitReset,

    /// <summary><c>endpoint-load-metrics</c></summary>
    EndpointLoadMetrics,

    /// <summary><c>endpoint-load-metrics-bin</c></summary>
    EndpointLoadMetricsBin,

    /// <summary><c>x-envoy-retry-on</c></summary>
    XEnvoyRetryOn,

    /// <summary><c>x-envoy-retry-grpc-on</c></summary>
    XEnvoyRetryGrpcOn,

    /// <summary><c>x-envoy-max-retries</c></summary>
    XEnvoyMaxRetries,

    /// <summary><c>x-envoy-retriable-status-codes</c></summary>
    XEnvoyRetriableStatusCodes,

    /// <summary><c>x-envoy-retriable-header-names</c></summary>
    XEnvoyRetriableHeaderNames,

    /// <summary><c>x-envoy-upstream-rq-timeout-ms</c></summary>
    XEnvoyUpstreamRqTimeoutMs,

    /// <summary><c>x-envoy-upstream-rq-per-try-timeout-ms</c></summary>
    XEnvoyUpstreamRqPerTryTimeoutMs,

    /// <summary><c>x-envoy-upstream-rq-timeout-alt-response</c></summary>
    XEnvoyUpstreamRqTimeoutAltResponse,

    /// <summary><c>x-envoy-upstream-alt-stat-name</c></summary>
    XEnvoyUpstreamAltStatName,

    /// <summary><c>x-envoy-upstream-stream-duration-ms</c></summary>
    XEnvoyUpstreamStreamDurationMs,

    /// <summary><c>x-envoy-hedge-on-per-try-timeout</c></summary>
    XEnvoyHedgeOnPerTryTimeout,

    /// <summary><c>x-envoy-force-trace</c></summary>
    XEnvoyForceTrace,

    /// <summary><c>x-envoy-decorator-operation</c></summary>
    XEnvoyDecoratorOperation,

    /// <summary><c>x-envoy-original-dst-host</c></summary>
    XEnvoyOriginalDstHost,

    /// <summary><c>x-envoy-fault-delay-request</c></summary>
    XEnvoyFaultDelayRequest,

    /// <summary><c>x-envoy-fault-delay-request-percentage</c></summary>
    XEnvoyFaultDelayRequestPercentage,

    /// <summary><c>x-envoy-fault-abort-request</c></summary>
    XEnvoyFaultAbortRequest,

    /// <summary><c>x-envoy-fault-abort-request-percentage</c></summary>
    XEnvoyFaultAbortRequestPercentage,

    /// <summary><c>x-envoy-fault-abort-grpc-request</c></summary>
    XEnvoyFaultAbortGrpcRequest,

    /// <summary><c>x-envoy-fault-throughput-response</c></summary>
    XEnvoyFaultThroughputResponse,

    /// <summary><c>x-envoy-fault-throughput-response-percentage</c></summary>
    XEnvoyFaultThroughputResponsePercentage,

    /// <summary><c>x-envoy-internal</c></summary>
    XEnvoyInternal,

    /// <summary><c>x-envoy-external-address</c></summary>
    XEnvoyExternalAddress,

    /// <summary><c>x-envoy-expected-rq-timeout-ms</c></summary>
    XEnvoyExpectedRqTimeoutMs,

    /// <summary><c>x-envoy-attempt-count</c></summary>
    XEnvoyAttemptCount,

    /// <summary><c>x-envoy-is-timeout-retry</c></summary>
    XEnvoyIsTimeoutRetry,

    /// <summary><c>x-envoy-original-path</c></summary>
    XEnvoyOriginalPath,

    /// <summary><c>x-envoy-original-host</c></summary>
    XEnvoyOriginalHost,

    /// <summary><c>x-envoy-original-url</c></summary>
    XEnvoyOriginalUrl,

    /// <summary><c>x-envoy-original-method</c></summary>
    XEnvoyOriginalMethod,

    /// <summary><c>x-envoy-downstream-service-cluster</c></summary>
    XEnvoyDownstreamServiceCluster,

    /// <summary><c>x-envoy-downstream-service-node</c></summary>
    XEnvoyDownstreamServiceNode,

    /// <summary><c>x-envoy-ip-tags</c></summary>
    XEnvoyIpTags,

    /// <summary><c>x-envoy-upstream-service-time</c></summary>
    XEnvoyUpstreamServiceTime,

    /// <summary><c>x-envoy-overloaded</c></summary>
    XEnvoyOverloaded,

    /// <summary><c>x-envoy-ratelimited</c></summary>
    XEnvoyRatelimited,

    /// <summary><c>x-envoy-local-overloaded</c></summary>
    XEnvoyLocalOverloaded,

    /// <summary><c>x-envoy-upstream-healthchecked-cluster</c></summary>
    XEnvoyUpstreamHealthcheckedCluster,

    /// <summary><c>x-envoy-degraded</c></summary>
    XEnvoyDegraded,

    /// <summary><c>x-envoy-immediate-health-check-fail</c></summary>
    XEnvoyImmediateHealthCheckFail,

    /// <summary><c>x-envoy-upstream-canary</c></summary>
    XEnvoyUpstreamCanary,

    /// <summary><c>x-envoy-not-forwarded</c></summary>
    XEnvoyNotForwarded,

    /// <summary><c>x-envoy-compression-status</c></summary>
    XEnvoyCompressionStatus,
}
