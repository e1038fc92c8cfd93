namespace Nuncio.Core.Failures;

/// <summary>
/// What went wrong with a stream, as Envoy's response flags: bit N is the N-th flag of Envoy's enum, which is also the order they
/// print in. Short and long names are in <see cref="ResponseFlagsText"/>.
/// </summary>
[Flags]
public enum ResponseFlags : uint
{
    /// <summary>Nothing: prints <c>-</c>.</summary>
    None = 0,

    /// <summary>LH: the health_check filter answered unhealthy.</summary>
    FailedLocalHealthCheck = 1u << 0,

    /// <summary>UH: the load balancer found no usable host.</summary>
    NoHealthyUpstream = 1u << 1,

    /// <summary>UT: route or per-try timeout.</summary>
    UpstreamRequestTimeout = 1u << 2,

    /// <summary>LR: we reset the stream.</summary>
    LocalReset = 1u << 3,

    /// <summary>UR: the upstream reset the stream.</summary>
    UpstreamRemoteReset = 1u << 4,

    /// <summary>UF: no connection to the upstream.</summary>
    UpstreamConnectionFailure = 1u << 5,

    /// <summary>UC: the upstream closed the connection under the stream.</summary>
    UpstreamConnectionTermination = 1u << 6,

    /// <summary>UO: circuit breaker.</summary>
    UpstreamOverflow = 1u << 7,

    /// <summary>NR: no route, or no filter chain.</summary>
    NoRouteFound = 1u << 8,

    /// <summary>DI: delay injected.</summary>
    DelayInjected = 1u << 9,

    /// <summary>FI: fault injected.</summary>
    FaultInjected = 1u << 10,

    /// <summary>RL: rate limited.</summary>
    RateLimited = 1u << 11,

    /// <summary>UAEX: external authorization denied.</summary>
    UnauthorizedExternalService = 1u << 12,

    /// <summary>RLSE: the rate limit service failed and denies.</summary>
    RateLimitServiceError = 1u << 13,

    /// <summary>DC: the client went away.</summary>
    DownstreamConnectionTermination = 1u << 14,

    /// <summary>URX: retries or connect attempts used up.</summary>
    UpstreamRetryLimitExceeded = 1u << 15,

    /// <summary>SI: stream idle timeout.</summary>
    StreamIdleTimeout = 1u << 16,

    /// <summary>IH: strict header check failed.</summary>
    InvalidEnvoyRequestHeaders = 1u << 17,

    /// <summary>DPE: the client broke the protocol.</summary>
    DownstreamProtocolError = 1u << 18,

    /// <summary>UMSDR: upstream stream lifetime cap.</summary>
    UpstreamMaxStreamDurationReached = 1u << 19,

    /// <summary>RFCF: served from a cache filter.</summary>
    ResponseFromCacheFilter = 1u << 20,

    /// <summary>NFCF: a filter's configuration has not arrived.</summary>
    NoFilterConfigFound = 1u << 21,

    /// <summary>DT: connection lifetime cap.</summary>
    DurationTimeout = 1u << 22,

    /// <summary>UPE: the upstream broke the protocol.</summary>
    UpstreamProtocolError = 1u << 23,

    /// <summary>NC: the route names an unknown cluster.</summary>
    NoClusterFound = 1u << 24,

    /// <summary>OM: the overload manager ended it.</summary>
    OverloadManagerTerminated = 1u << 25,

    /// <summary>DF: name resolution failed.</summary>
    DnsResolutionFailed = 1u << 26,

    /// <summary>DO: dropped by a configured percentage.</summary>
    DropOverload = 1u << 27,

    /// <summary>DR: the client reset the stream.</summary>
    DownstreamRemoteReset = 1u << 28,

    /// <summary>UDO: dropped, all of them.</summary>
    UnconditionalDropOverload = 1u << 29,
}
