using System.Buffers.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>GRPC_STATUS(CAMEL_STRING|SNAKE_STRING|NUMBER)</c> and <c>GRPC_STATUS_NUMBER</c>: the status in trailers, else in headers,
/// else the one that stands for the HTTP status; missing unless the request was gRPC.
/// </summary>
internal sealed class GrpcStatusOperator(GrpcStatusStyle style) : FormatOperator
{
    private const int Codes = 17;

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        if (context.RequestHeaders is not { } request || !IsGrpc(request) || !TryGetStatus(context, out long status))
        {
            return FormatValue.Missing;
        }

        if (style == GrpcStatusStyle.Number)
        {
            into.Append(status);
            return FormatValue.Json;
        }

        if (status is < 0 or >= Codes)
        {
            into.Append(status);
            return FormatValue.Text;
        }

        into.Append(style == GrpcStatusStyle.Camel ? Camel((int)status) : Snake((int)status));
        return FormatValue.Text;
    }

    private static bool IsGrpc(HeaderMap request)
    {
        ReadOnlySpan<byte> type = request.Get(KnownHeader.ContentType);
        return type.StartsWith("application/grpc"u8) && (type.Length == 16 || type[16] is (byte)'+' or (byte)';');
    }

    private static bool TryGetStatus(in FormatContext context, out long status)
    {
        if ((context.ResponseTrailers is { } trailers && trailers.TryGet(KnownHeader.GrpcStatus, out ReadOnlySpan<byte> text))
            || (context.ResponseHeaders is { } headers && headers.TryGet(KnownHeader.GrpcStatus, out text)))
        {
            // A value that is no number is not a status of ours to print: -1 as Envoy does.
            if (!Utf8Parser.TryParse(text, out status, out int used) || used != text.Length)
            {
                status = -1;
            }

            return true;
        }

        status = context.Stream.ResponseCode switch
        {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 or 502 or 503 or 504 => 14,
            _ => 2,
        };
        return context.Stream.ResponseCode != 0;
    }

    private static ReadOnlySpan<byte> Camel(int status) => status switch
    {
        0 => "OK"u8,
        1 => "Canceled"u8,
        2 => "Unknown"u8,
        3 => "InvalidArgument"u8,
        4 => "DeadlineExceeded"u8,
        5 => "NotFound"u8,
        6 => "AlreadyExists"u8,
        7 => "PermissionDenied"u8,
        8 => "ResourceExhausted"u8,
        9 => "FailedPrecondition"u8,
        10 => "Aborted"u8,
        11 => "OutOfRange"u8,
        12 => "Unimplemented"u8,
        13 => "Internal"u8,
        14 => "Unavailable"u8,
        15 => "DataLoss"u8,
        _ => "Unauthenticated"u8,
    };

    private static ReadOnlySpan<byte> Snake(int status) => status switch
    {
        0 => "OK"u8,
        1 => "CANCELLED"u8,
        2 => "UNKNOWN"u8,
        3 => "INVALID_ARGUMENT"u8,
        4 => "DEADLINE_EXCEEDED"u8,
        5 => "NOT_FOUND"u8,
        6 => "ALREADY_EXISTS"u8,
        7 => "PERMISSION_DENIED"u8,
        8 => "RESOURCE_EXHAUSTED"u8,
        9 => "FAILED_PRECONDITION"u8,
        10 => "ABORTED"u8,
        11 => "OUT_OF_RANGE"u8,
        12 => "UNIMPLEMENTED"u8,
        13 => "INTERNAL"u8,
        14 => "UNAVAILABLE"u8,
        15 => "DATA_LOSS"u8,
        _ => "UNAUTHENTICATED"u8,
    };
}

/// <summary>How a gRPC status is printed.</summary>
internal enum GrpcStatusStyle : byte
{
    /// <summary>"DeadlineExceeded".</summary>
    Camel,

    /// <summary>"DEADLINE_EXCEEDED".</summary>
    Snake,

    /// <summary>4.</summary>
    Number,
}
