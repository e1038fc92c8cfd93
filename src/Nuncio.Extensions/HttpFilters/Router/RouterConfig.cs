using Nuncio.Core.AccessLog;
using Nuncio.Core.Runtime;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>What the user wants of the router, in our units; immutable. Envoy: <c>envoy.extensions.filters.http.router.v3.Router</c>.</summary>
public sealed record RouterConfig
{
    /// <summary><c>suppress_envoy_headers</c>: add no <c>x-envoy-</c> header to requests and responses.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary><c>respect_expected_rq_timeout</c>: the request's <c>x-envoy-expected-rq-timeout-ms</c> is its timeout.</summary>
    public bool RespectExpectedTimeout { get; init; }

    /// <summary><c>dynamic_stats</c>: count the cluster's responses by code; true.</summary>
    public bool DynamicStats { get; init; } = true;

    /// <summary><c>strict_check_headers</c>: a request is refused when one of these has a value that means nothing.</summary>
    public IReadOnlyList<string> StrictCheckHeaders { get; init; } = [];

    /// <summary><c>upstream_log</c>: written once per upstream request.</summary>
    public IReadOnlyList<IAccessLoggerProvider> UpstreamLogs { get; init; } = [];

    /// <summary><c>upstream_log_options.flush_upstream_log_on_upstream_stream</c>: also when the request has its connection.</summary>
    public bool LogOnUpstreamStream { get; init; }

    /// <summary><c>upstream_log_options.upstream_log_flush_interval</c>, in nanoseconds: also again and again while it lasts; 0 is off.</summary>
    public long UpstreamLogFlushIntervalNanos { get; init; }

    /// <summary><c>suppress_grpc_request_failure_code_stats</c>: responses to gRPC requests are counted without their HTTP code.</summary>
    public bool SuppressGrpcCodeStats { get; init; }

    /// <summary>
    /// Ours: resend on a fresh connection also requests of methods that are not idempotent, when the reused connection they were
    /// sent on closed before a byte of the response. Off: such a request may have been acted upon.
    /// </summary>
    public RuntimeKey? ResendNonIdempotent { get; init; }
}
