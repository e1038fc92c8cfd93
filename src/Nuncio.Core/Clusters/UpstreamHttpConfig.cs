using Nuncio.Http.Http1;

namespace Nuncio.Core.Clusters;

/// <summary>How HTTP is spoken to a cluster's hosts. Immutable, any thread; made by Config.</summary>
public sealed record UpstreamHttpConfig
{
    /// <summary>Time without a request after which a connection is closed; default 1 h, zero is never. Envoy: <c>idle_timeout</c>.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Age after which a connection takes no further request; null is never. Envoy: <c>max_connection_duration</c>.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>Time a stream may live; null is no limit. Enforced by the router. Envoy: <c>max_stream_duration</c>.</summary>
    public TimeSpan? MaxStreamDuration { get; init; }

    /// <summary>Requests per connection; 0 is no limit. Envoy: <c>max_requests_per_connection</c>.</summary>
    public uint MaxRequestsPerConnection { get; init; }

    /// <summary>How the HTTP/1 codec behaves. Envoy: <c>http_protocol_options</c> and the limits of <c>common_http_protocol_options</c>.</summary>
    public Http1Options Http1 { get; init; } = Http1Options.Default;
}
