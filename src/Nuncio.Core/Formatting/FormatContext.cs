using Nuncio.Core.AccessLog;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting;

/// <summary>What substitution operators may read: one stream, at one moment. A ref struct so that nobody keeps it.</summary>
public readonly ref struct FormatContext(
    StreamInfo stream,
    HeaderMap? requestHeaders,
    HeaderMap? responseHeaders,
    HeaderMap? responseTrailers,
    long nowNanos,
    long nowUtcTicks,
    ReadOnlySpan<byte> localReplyBody = default,
    AccessLogType logType = AccessLogType.NotSet)
{
    /// <summary>The stream or connection.</summary>
    public readonly StreamInfo Stream = stream;

    /// <summary>Request headers; null at L4.</summary>
    public readonly HeaderMap? RequestHeaders = requestHeaders;

    /// <summary>Response headers, once there are any.</summary>
    public readonly HeaderMap? ResponseHeaders = responseHeaders;

    /// <summary>Response trailers, once there are any.</summary>
    public readonly HeaderMap? ResponseTrailers = responseTrailers;

    /// <summary>The dispatcher's monotonic clock.</summary>
    public readonly long NowNanos = nowNanos;

    /// <summary>The dispatcher's wall clock.</summary>
    public readonly long NowUtcTicks = nowUtcTicks;

    /// <summary>Body of a local reply.</summary>
    public readonly ReadOnlySpan<byte> LocalReplyBody = localReplyBody;

    /// <summary>Which kind of log entry.</summary>
    public readonly AccessLogType LogType = logType;
}
