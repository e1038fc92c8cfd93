using System.Collections.Immutable;

namespace Nuncio.Http.Http1;

/// <summary>
/// How one listener's or one cluster's HTTP/1 codecs behave. Immutable, shared by workers; made when configuration is built.
/// Envoy: <c>Http1ProtocolOptions</c>, <c>HttpProtocolOptions</c> and fields of the HTTP connection manager.
/// </summary>
public sealed record Http1Options
{
    /// <summary>Largest value of <see cref="MaxHeadersCount"/> that a codec honours.</summary>
    public const int HighestHeadersCount = 16384;

    /// <summary>Largest value of <see cref="MaxHeadersKb"/> that a codec honours; Envoy's own limit.</summary>
    public const int HighestHeadersKb = 8192;

    /// <summary>All defaults.</summary>
    public static readonly Http1Options Default = new();

    /// <summary>Serve HTTP/1.0 requests; else they are answered 426. Default false. Envoy: <c>accept_http_10</c>.</summary>
    public bool AcceptHttp10 { get; init; }

    /// <summary>Authority of HTTP/1.0 requests without Host; empty for none. Envoy: <c>default_host_for_http_10</c>.</summary>
    public ImmutableArray<byte> DefaultHostForHttp10 { get; init; } = [];

    /// <summary>Take apart absolute-form targets (<c>GET http://host/path</c>); else they become the path. Default true. Envoy: <c>allow_absolute_url</c>.</summary>
    public bool AllowAbsoluteUrl { get; init; } = true;

    /// <summary>
    /// Refuse an absolute https target on a connection without TLS with 403. Default false. Envoy does so when
    /// <c>use_remote_address</c> is true and <c>xff_num_trusted_hops</c> is 0.
    /// </summary>
    public bool ValidateScheme { get; init; }

    /// <summary>Pass trailers on; else they are parsed and dropped. Default false. Envoy: <c>enable_trailers</c>.</summary>
    public bool EnableTrailers { get; init; }

    /// <summary>Spelling of header names that are sent. Envoy: <c>header_key_format</c>.</summary>
    public HeaderKeyFormat HeaderKeyFormat { get; init; }

    /// <summary>
    /// With <see cref="HeaderKeyFormat.PreserveCase"/>: names that the other side has not sent are capitalised, else they are in lower case.
    /// Envoy: <c>formatter_type_on_envoy_headers</c>.
    /// </summary>
    public bool CapitalisesOwnNames { get; init; }

    /// <summary>With <see cref="HeaderKeyFormat.PreserveCase"/>: send the upstream's reason phrase on. Envoy: <c>forward_reason_phrase</c>.</summary>
    public bool ForwardReasonPhrase { get; init; }

    /// <summary>Protocols taken out of the Upgrade header of a request; null for none but h2c. Envoy: <c>ignore_http_11_upgrade</c>.</summary>
    public IgnoredUpgrades? IgnoredUpgrades { get; init; }

    /// <summary>
    /// Take a message that has both <c>transfer-encoding: chunked</c> and a content-length, dropping the length; else it is
    /// refused. Default false: the pair is how requests are smuggled. Envoy: <c>allow_chunked_length</c>.
    /// </summary>
    public bool AllowChunkedLength { get; init; }

    /// <summary>Take any token as method; else only the 34 that Envoy knows. Default false. Envoy: <c>allow_custom_methods</c>.</summary>
    public bool AllowCustomMethods { get; init; }

    /// <summary>Headers of one message, and trailers of one. Default 100. Envoy: <c>max_headers_count</c>.</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>KiB of request line and headers together, and of trailers. Default 60. Envoy: <c>max_request_headers_kb</c>.</summary>
    public int MaxHeadersKb { get; init; } = 60;

    /// <summary>KiB of status line and headers of a response, and of trailers. Default 80. Envoy: <c>max_response_headers_kb</c>.</summary>
    public int MaxResponseHeadersKb { get; init; } = 80;

    /// <summary>What to do with header names that contain an underscore (requests only). Envoy: <c>headers_with_underscores_action</c>.</summary>
    public UnderscoreAction HeadersWithUnderscores { get; init; }

    /// <summary>Send the absolute form upstream. Default false. Envoy: <c>send_fully_qualified_url</c>.</summary>
    public bool SendFullyQualifiedUrl { get; init; }
}
