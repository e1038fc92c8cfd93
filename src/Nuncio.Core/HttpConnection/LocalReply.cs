using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// Makes the answer that we give ourselves: status, text, the configured rewriting, and the gRPC form where the request was gRPC.
/// </summary>
internal ref struct LocalReply(int status, bool grpc)
{
    private int _status = status;

    /// <summary>Fills the headers and the body.</summary>
    internal void Build(
        HttpStream stream, HeaderMap headers, ReadOnlySpan<byte> text, Action<HeaderMap, object?>? modify, object? state, Buffer body)
    {
        headers.SetStatus(_status);
        modify?.Invoke(headers, state);
        stream.Info.ResponseCode = _status;

        ByteWriter writer = stream.Manager.Scratch;
        writer.Clear();
        ReadOnlySpan<byte> type = Rewrite(stream, headers, text, writer);
        body.Clear();
        if (grpc)
        {
            WriteGrpc(headers, writer.Written, stream.Manager.FailureBody);
            return;
        }

        headers.SetStatus(_status);
        if (writer.Length == 0)
        {
            headers.Remove(KnownHeader.ContentType);
            headers.Remove(KnownHeader.ContentLength);
            return;
        }

        if (!headers.Has(KnownHeader.ContentType) || !type.SequenceEqual("text/plain"u8))
        {
            headers.Set(KnownHeader.ContentType, type);
        }

        headers.SetNumber(KnownHeader.ContentLength, writer.Length);
        body.Append(writer.Written);
    }

    /// <summary>Applies the first mapper that matches, then the format; returns the content type.</summary>
    private ReadOnlySpan<byte> Rewrite(HttpStream stream, HeaderMap headers, ReadOnlySpan<byte> text, ByteWriter writer)
    {
        LocalReplyConfig config = stream.Manager.Config.LocalReplies;
        SubstitutionFormatter? format = config.BodyFormat;
        for (int i = 0; i < config.Mappers.Count; i++)
        {
            LocalReplyMapper mapper = config.Mappers[i];
            FormatContext context = stream.MakeFormatContext();
            if (!mapper.Filter.Passes(context))
            {
                continue;
            }

            if (mapper.Body is not null)
            {
                text = mapper.Body;
            }

            // Not in FailureBody, which may hold the text; the writer is still empty.
            mapper.Headers?.Apply(headers, context, writer);
            writer.Clear();
            if (mapper.StatusCode != 0 && mapper.StatusCode != _status)
            {
                _status = mapper.StatusCode;
                headers.SetStatus(_status);
                stream.Info.ResponseCode = _status;
            }

            format = mapper.BodyFormat ?? format;
            break;
        }

        if (format is null)
        {
            writer.Append(text);
            return "text/plain"u8;
        }

        format.Format(stream.MakeFormatContext(AccessLogType.NotSet, text), writer);
        return format.ContentType ?? (format.IsJson ? "application/json"u8 : "text/plain"u8);
    }

    /// <summary>The text that was to be the body has been copied into the message, so the writer it may have come from is free.</summary>
    private readonly void WriteGrpc(HeaderMap headers, ReadOnlySpan<byte> message, ByteWriter scratch)
    {
        headers.SetStatus(200);
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
        headers.Remove(KnownHeader.ContentLength);
        headers.SetNumber(KnownHeader.GrpcStatus, GrpcStatusOf(_status));
        if (!message.IsEmpty)
        {
            scratch.Clear();
            PercentEncode(message, scratch);
            headers.Set(KnownHeader.GrpcMessage, scratch.Written);
        }
    }

    /// <summary>gRPC's mapping of HTTP status to its own.</summary>
    private static int GrpcStatusOf(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => 2,
    };

    private static void PercentEncode(ReadOnlySpan<byte> message, ByteWriter encoded)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        foreach (byte value in message)
        {
            if (value is >= 0x20 and < 0x7F && value != (byte)'%')
            {
                encoded.Append(value);
            }
            else
            {
                encoded.Append((byte)'%');
                encoded.Append(digits[value >> 4]);
                encoded.Append(digits[value & 0xF]);
            }
        }
    }
}
