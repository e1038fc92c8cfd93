using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Failures;
using Nuncio.Core.Streams;
using Nuncio.Http.Streams;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>Operators whose value is a text of the stream that takes no argument.</summary>
internal sealed class TextOperator(TextField field) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        StreamInfo info = context.Stream;
        switch (field)
        {
            case TextField.Protocol:
                return Append(into, ProtocolText(info.Protocol));
            case TextField.UpstreamProtocol:
                return Append(into, ProtocolText(info.UpstreamProtocol));
            case TextField.ResponseFlags:
                ResponseFlagsText.Append(info.Flags, into);
                return FormatValue.Text;
            case TextField.ResponseFlagsLong:
                ResponseFlagsText.AppendLong(info.Flags, into);
                return FormatValue.Text;
            case TextField.LocalReplyBody:
                into.Append(context.LocalReplyBody);
                return FormatValue.Text;
            case TextField.AccessLogType:
                into.Append(AccessLogTypeText.Utf8(context.LogType));
                return FormatValue.Text;
            default:
                return Append(into, StringOf(info), field is TextField.ResponseCodeDetails or TextField.UpstreamTransportFailureReason);
        }
    }

    private string? StringOf(StreamInfo info) => field switch
    {
        TextField.ResponseCodeDetails or TextField.ResponseCodeDetailsRaw => info.ResponseCodeDetails,
        TextField.ConnectionTerminationDetails => info.ConnectionTerminationDetails ?? info.Connection?.TerminationDetails,
        TextField.UpstreamTransportFailureReason => info.UpstreamTransportFailureReason,
        TextField.RouteName => info.Route?.Name,
        TextField.FilterChainName => info.Connection?.FilterChainName,
        TextField.Ja3 => info.Connection?.Ja3Hash,
        TextField.Ja4 => info.Connection?.Ja4,
        TextField.UpstreamCluster => info.Cluster is not { } cluster ? null
            : cluster.StatName,
        _ => info.Cluster?.Name,
    };

    private static FormatValue Append(ByteWriter into, ReadOnlySpan<byte> text)
    {
        into.Append(text);
        return text.IsEmpty ? FormatValue.Missing : FormatValue.Text;
    }

    private static FormatValue Append(ByteWriter into, string? text, bool withoutSpace)
    {
        if (string.IsNullOrEmpty(text))
        {
            return FormatValue.Missing;
        }

        int start = into.Length;
        into.Append(text);
        if (withoutSpace)
        {
            foreach (ref byte b in into.WrittenFrom(start))
            {
                b = b is (byte)' ' or (>= 9 and <= 13) ? (byte)'_' : b;
            }
        }

        return FormatValue.Text;
    }

    private static ReadOnlySpan<byte> ProtocolText(HttpProtocol protocol) => protocol switch
    {
        HttpProtocol.Http10 => "HTTP/1.0"u8,
        HttpProtocol.Http11 => "HTTP/1.1"u8,
        HttpProtocol.Http2 => "HTTP/2"u8,
        _ => default,
    };
}

/// <summary>Which text.</summary>
internal enum TextField : byte
{
    /// <summary><c>PROTOCOL</c>.</summary>
    Protocol,

    /// <summary><c>UPSTREAM_PROTOCOL</c>.</summary>
    UpstreamProtocol,

    /// <summary><c>RESPONSE_FLAGS</c>.</summary>
    ResponseFlags,

    /// <summary><c>RESPONSE_FLAGS_LONG</c>.</summary>
    ResponseFlagsLong,

    /// <summary><c>LOCAL_REPLY_BODY</c>.</summary>
    LocalReplyBody,

    /// <summary><c>ACCESS_LOG_TYPE</c>.</summary>
    AccessLogType,

    /// <summary><c>RESPONSE_CODE_DETAILS</c>: white space becomes <c>_</c>.</summary>
    ResponseCodeDetails,

    /// <summary><c>RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)</c>.</summary>
    ResponseCodeDetailsRaw,

    /// <summary><c>CONNECTION_TERMINATION_DETAILS</c>.</summary>
    ConnectionTerminationDetails,

    /// <summary><c>UPSTREAM_TRANSPORT_FAILURE_REASON</c>: white space becomes <c>_</c>.</summary>
    UpstreamTransportFailureReason,

    /// <summary><c>ROUTE_NAME</c>.</summary>
    RouteName,

    /// <summary><c>FILTER_CHAIN_NAME</c>.</summary>
    FilterChainName,

    /// <summary><c>TLS_JA3_FINGERPRINT</c>.</summary>
    Ja3,

    /// <summary><c>TLS_JA4_FINGERPRINT</c>.</summary>
    Ja4,

    /// <summary><c>UPSTREAM_CLUSTER</c>: the name for statistics where one is configured.</summary>
    UpstreamCluster,

    /// <summary><c>UPSTREAM_CLUSTER_RAW</c>.</summary>
    UpstreamClusterRaw,
}
