using Nuncio.Http.Headers;

namespace Nuncio.Http.Http1;

/// <summary>
/// The line before each chunk: size in hexadecimal and extensions (RFC 9112 section 7.1), strictly as the grammar says, because
/// proxies that skip what they do not understand here disagree about where a message ends. Stateless; any thread.
/// </summary>
internal static class ChunkLine
{
    /// <summary>Bytes of a chunk line with its CRLF; signatures in extensions (aws-chunked) take about 90.</summary>
    internal const int MaxLength = 1024;

    /// <summary>15 digits keep the size positive in 64 bits with room to spare.</summary>
    private const int MaxDigits = 15;

    /// <summary>Reads a line without its CRLF.</summary>
    internal static Http1Error Parse(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        int at = 0;
        while (at < line.Length)
        {
            int digit = HexDigit(line[at]);
            if (digit < 0)
            {
                break;
            }

            if (++at > MaxDigits)
            {
                return Http1Error.BadChunkSize;
            }

            size = (size << 4) | (uint)digit;
        }

        if (at == 0)
        {
            return Http1Error.BadChunkSize;
        }

        return at == line.Length ? Http1Error.None : CheckExtensions(line[at..]);
    }

    private static Http1Error CheckExtensions(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            rest = SkipBlanks(rest);
            if (rest.IsEmpty || rest[0] != (byte)';')
            {
                return rest.IsEmpty || HexDigit(rest[0]) < 0 ? Http1Error.BadChunkExtension : Http1Error.BadChunkSize;
            }

            rest = SkipBlanks(rest[1..]);
            int name = TokenLength(rest);
            if (name == 0)
            {
                return Http1Error.BadChunkExtension;
            }

            rest = rest[name..];
            ReadOnlySpan<byte> afterBlanks = SkipBlanks(rest);
            if (afterBlanks.IsEmpty || afterBlanks[0] != (byte)'=')
            {
                continue;
            }

            rest = SkipBlanks(afterBlanks[1..]);
            int value = !rest.IsEmpty && rest[0] == (byte)'"' ? QuotedLength(rest) : TokenLength(rest);
            if (value == 0)
            {
                return Http1Error.BadChunkExtension;
            }

            rest = rest[value..];
        }

        return Http1Error.None;
    }

    private static ReadOnlySpan<byte> SkipBlanks(ReadOnlySpan<byte> text) => text.TrimStart(" \t"u8);

    private static int TokenLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && HeaderName.IsTokenByte(text[length]))
        {
            length++;
        }

        return length;
    }

    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == (byte)'"')
            {
                return i + 1;
            }

            if (b == (byte)'\\' && ++i == text.Length)
            {
                return 0;
            }

            if (text[i] is (< 0x20 and not (byte)'\t') or 0x7f)
            {
                return 0;
            }
        }

        return 0;
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
