using System.Security.Cryptography;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>UNIQUE_ID</c>, a new random UUID each time, and <c>STREAM_ID</c>, the id of the stream: its <c>x-request-id</c>, or at L4
/// a UUID made of the connection's random bits, the same in every entry of the connection.
/// </summary>
internal sealed class UuidOperator(bool ofStream) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        Span<byte> bits = stackalloc byte[16];
        if (!ofStream)
        {
            RandomNumberGenerator.Fill(bits);
        }
        else if (context.RequestHeaders is { } headers)
        {
            ReadOnlySpan<byte> id = headers.Get(KnownHeader.XRequestId);
            into.Append(id);
            return id.IsEmpty ? FormatValue.Missing : FormatValue.Text;
        }
        else if (context.Stream.Random == 0)
        {
            return FormatValue.Missing;
        }
        else
        {
            BitConverter.TryWriteBytes(bits, Mix(context.Stream.Random));
            BitConverter.TryWriteBytes(bits[8..], Mix(context.Stream.Random + context.Stream.ConnectionId + 1));
        }

        // RFC 9562 section 5.4: version 4, variant 10.
        bits[7] = (byte)((bits[7] & 0x0f) | 0x40);
        bits[8] = (byte)((bits[8] & 0x3f) | 0x80);
        new Guid(bits).TryFormat(into.Reserve(36), out int written);
        into.Advance(written);
        return FormatValue.Text;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
