using System.Buffers.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>Operators whose value is a plain number of the stream; JSON prints it without quotes.</summary>
internal sealed class NumberOperator(NumberField field) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        StreamInfo info = context.Stream;
        long value = field switch
        {
            NumberField.ResponseCode => info.ResponseCode,
            NumberField.BytesReceived => (long)info.BytesReceived,
            NumberField.BytesSent => (long)info.BytesSent,
            NumberField.RequestHeadersBytes => context.RequestHeaders?.ByteSize ?? 0,
            NumberField.ResponseHeadersBytes => context.ResponseHeaders?.ByteSize ?? 0,
            NumberField.ResponseTrailersBytes => context.ResponseTrailers?.ByteSize ?? 0,
            NumberField.DownstreamHeaderBytesReceived => info.RequestHeaderBytes,
            NumberField.DownstreamHeaderBytesSent => info.ResponseHeaderBytes,
            NumberField.AttemptCount => info.AttemptCount,
            NumberField.ConnectionId => (long)info.ConnectionId,
            _ => (long)info.UpstreamConnectionId,
        };
        Utf8Formatter.TryFormat(value, into.Reserve(20), out int written);
        into.Advance(written);
        return FormatValue.Json;
    }
}

/// <summary>Which number.</summary>
internal enum NumberField : byte
{
    /// <summary><c>RESPONSE_CODE</c>.</summary>
    ResponseCode,

    /// <summary><c>BYTES_RECEIVED</c>.</summary>
    BytesReceived,

    /// <summary><c>BYTES_SENT</c>.</summary>
    BytesSent,

    /// <summary><c>REQUEST_HEADERS_BYTES</c>.</summary>
    RequestHeadersBytes,

    /// <summary><c>RESPONSE_HEADERS_BYTES</c>.</summary>
    ResponseHeadersBytes,

    /// <summary><c>RESPONSE_TRAILERS_BYTES</c>.</summary>
    ResponseTrailersBytes,

    /// <summary><c>DOWNSTREAM_HEADER_BYTES_RECEIVED</c>.</summary>
    DownstreamHeaderBytesReceived,

    /// <summary><c>DOWNSTREAM_HEADER_BYTES_SENT</c>.</summary>
    DownstreamHeaderBytesSent,

    /// <summary><c>UPSTREAM_REQUEST_ATTEMPT_COUNT</c>.</summary>
    AttemptCount,

    /// <summary><c>CONNECTION_ID</c>.</summary>
    ConnectionId,

    /// <summary><c>UPSTREAM_CONNECTION_ID</c>.</summary>
    UpstreamConnectionId,
}
