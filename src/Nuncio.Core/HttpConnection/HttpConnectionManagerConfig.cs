using Nuncio.Core.AccessLog;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.Routing;
using Nuncio.Http.Http1;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>One HTTP filter of a chain, as configured.</summary>
/// <param name="Name">Its name, by which routes configure it.</param>
/// <param name="NameId">The name made into an index by <see cref="FilterNames"/>.</param>
/// <param name="Provider">What makes it.</param>
/// <param name="Disabled">Left out of the chain unless a route enables it.</param>
public sealed record HttpFilterConfig(string Name, int NameId, HttpFilterProvider Provider, bool Disabled);

/// <summary>What happens to the <c>server</c> response header.</summary>
public enum ServerHeaderTransformation : byte
{
    /// <summary>Ours replaces the upstream's.</summary>
    Overwrite,

    /// <summary>Ours only where the upstream sent none.</summary>
    AppendIfAbsent,

    /// <summary>The upstream's, or none.</summary>
    PassThrough,
}

/// <summary>What happens to <c>%2F</c>, <c>%5C</c> in a path.</summary>
public enum EscapedSlashesAction : byte
{
    /// <summary>They stay as they are.</summary>
    KeepUnchanged,

    /// <summary>The request is refused with 400.</summary>
    RejectRequest,

    /// <summary>The client is sent to the path with slashes (307).</summary>
    UnescapeAndRedirect,

    /// <summary>They become slashes.</summary>
    UnescapeAndForward,
}

/// <summary>
/// What the user wants of an HTTP connection manager, in our units; immutable. Times are nanoseconds, 0 is off; sizes are bytes.
/// Property names follow <c>envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager</c>.
/// </summary>
public sealed record HttpConnectionManagerConfig
{
    private const long Second = 1_000_000_000;

    /// <summary><c>stat_prefix</c>: root of the statistics, <c>http.&lt;prefix&gt;.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary><c>route_config</c>: the routes.</summary>
    public required RouteTable Routes { get; init; }

    /// <summary><c>http_filters</c>, in decode order.</summary>
    public required IReadOnlyList<HttpFilterConfig> Filters { get; init; }

    /// <summary><c>http_protocol_options</c>, header count, underscores and header size together.</summary>
    public Http1Options Http1 { get; init; } = new();

    /// <summary><c>access_log</c>.</summary>
    public IReadOnlyList<IAccessLoggerProvider> AccessLogs { get; init; } = [];

    /// <summary><c>access_log_options.flush_access_log_on_new_request</c>.</summary>
    public bool LogOnNewRequest { get; init; }

    /// <summary><c>access_log_options.access_log_flush_interval</c>; 0 is off.</summary>
    public long LogFlushIntervalNanos { get; init; }

    /// <summary><c>common_http_protocol_options.idle_timeout</c>: a connection without streams; 1 h.</summary>
    public long IdleTimeoutNanos { get; init; } = 3600 * Second;

    /// <summary><c>common_http_protocol_options.max_connection_duration</c>.</summary>
    public long MaxConnectionDurationNanos { get; init; }

    /// <summary><c>http1_safe_max_connection_duration</c>: say <c>connection: close</c> and wait for the next request instead of closing under one.</summary>
    public bool Http1SafeMaxConnectionDuration { get; init; }

    /// <summary><c>common_http_protocol_options.max_requests_per_connection</c>; 0 is no limit.</summary>
    public uint MaxRequestsPerConnection { get; init; }

    /// <summary><c>common_http_protocol_options.max_stream_duration</c>.</summary>
    public long MaxStreamDurationNanos { get; init; }

    /// <summary><c>stream_idle_timeout</c>; 5 min.</summary>
    public long StreamIdleTimeoutNanos { get; init; } = 300 * Second;

    /// <summary><c>request_timeout</c>: the whole request must have arrived.</summary>
    public long RequestTimeoutNanos { get; init; }

    /// <summary><c>request_headers_timeout</c>: the request headers must have arrived.</summary>
    public long RequestHeadersTimeoutNanos { get; init; }

    /// <summary><c>drain_timeout</c>: an idle or old connection is still served for so long; 5 s.</summary>
    public long DrainTimeoutNanos { get; init; } = 5 * Second;

    /// <summary><c>delayed_close_timeout</c>; 1 s.</summary>
    public long DelayedCloseTimeoutNanos { get; init; } = Second;

    /// <summary><c>server_name</c>; <c>envoy</c>.</summary>
    public byte[] ServerName { get; init; } = "envoy"u8.ToArray();

    /// <summary><c>server_header_transformation</c>.</summary>
    public ServerHeaderTransformation ServerHeader { get; init; }

    /// <summary><c>scheme_header_transformation.scheme_to_overwrite</c>; null is off.</summary>
    public byte[]? SchemeToOverwrite { get; init; }

    /// <summary><c>scheme_header_transformation.match_upstream</c>: the router sets the scheme that the upstream's transport has.</summary>
    public bool SchemeMatchesUpstream { get; init; }

    /// <summary><c>use_remote_address</c>.</summary>
    public bool UseRemoteAddress { get; init; }

    /// <summary><c>xff_num_trusted_hops</c>.</summary>
    public uint XffNumTrustedHops { get; init; }

    /// <summary><c>skip_xff_append</c>.</summary>
    public bool SkipXffAppend { get; init; }

    /// <summary><c>internal_address_config</c>; null: no address is internal.</summary>
    public InternalAddresses? InternalAddresses { get; init; }

    /// <summary><c>append_x_forwarded_port</c>.</summary>
    public bool AppendXForwardedPort { get; init; }

    /// <summary><c>forward_proto_config.https_destination_ports</c>: connections to these ports count as https, whoever ended their TLS.</summary>
    public IReadOnlyList<uint> HttpsPorts { get; init; } = [];

    /// <summary><c>via</c>; null is off.</summary>
    public byte[]? Via { get; init; }

    /// <summary><c>generate_request_id</c>; true.</summary>
    public bool GenerateRequestId { get; init; } = true;

    /// <summary><c>preserve_external_request_id</c>.</summary>
    public bool PreserveExternalRequestId { get; init; }

    /// <summary><c>always_set_request_id_in_response</c>.</summary>
    public bool AlwaysSetRequestIdInResponse { get; init; }

    /// <summary>User agent to add from the node's cluster when <c>add_user_agent</c>; null is off.</summary>
    public byte[]? UserAgent { get; init; }

    /// <summary>Node id sent beside <see cref="UserAgent"/>; empty is none.</summary>
    public byte[] NodeId { get; init; } = [];

    /// <summary><c>proxy_100_continue</c>.</summary>
    public bool Proxy100Continue { get; init; }

    /// <summary><c>normalize_path</c>.</summary>
    public bool NormalizePath { get; init; }

    /// <summary><c>merge_slashes</c>.</summary>
    public bool MergeSlashes { get; init; }

    /// <summary><c>path_with_escaped_slashes_action</c>.</summary>
    public EscapedSlashesAction EscapedSlashes { get; init; }

    /// <summary><c>strip_matching_host_port</c>.</summary>
    public bool StripMatchingHostPort { get; init; }

    /// <summary><c>strip_any_host_port</c>.</summary>
    public bool StripAnyHostPort { get; init; }

    /// <summary><c>strip_trailing_host_dot</c>.</summary>
    public bool StripTrailingHostDot { get; init; }

    /// <summary><c>stream_error_on_invalid_http_message</c>: a 400 raised above the parser leaves the connection open.</summary>
    public bool StreamErrorOnInvalidMessage { get; init; }

    /// <summary><c>append_local_overload</c>: replies of an overloaded proxy carry <c>x-envoy-local-overloaded</c>.</summary>
    public bool AppendLocalOverload { get; init; }

    /// <summary><c>local_reply_config</c>.</summary>
    public LocalReplyConfig LocalReplies { get; init; } = LocalReplyConfig.Default;

    /// <summary>Address of this machine for x-forwarded-for when the peer is loopback.</summary>
    public required NetworkAddress LocalAddress { get; init; }
}
