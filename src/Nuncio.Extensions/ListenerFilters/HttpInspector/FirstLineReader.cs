using System.Buffers;

namespace Nuncio.Extensions.ListenerFilters.HttpInspector;

/// <summary>What a client's first bytes are.</summary>
internal enum FirstLine : byte
{
    /// <summary>The beginning of a request line or of the HTTP/2 preface, as far as one can see.</summary>
    NeedMore,

    /// <summary>A request line of HTTP/1.0, or of any version that is not 1.1.</summary>
    Http10,

    /// <summary>A request line of HTTP/1.1.</summary>
    Http11,

    /// <summary>The preface of HTTP/2.</summary>
    Http2,

    /// <summary>Something else.</summary>
    NotHttp,
}

/// <summary>
/// Tells HTTP/1 from HTTP/2 from everything else by the first line (RFC 9112, section 3; RFC 9113, section 3.4). As tolerant as Envoy's
/// inspector, which asks only what protocol this is: whoever gets the connection reads the request strictly.
/// </summary>
/// <remarks>State of one connection, kept by value in its filter. Each call gets all bytes from the first on and looks at new ones only.</remarks>
internal struct FirstLineReader
{
    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> s_authority =
        SearchValues.Create("!$%&'()*+,-.:;=@[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> s_scheme =
        SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes that were seen and are no end of line.</summary>
    private int _seen;

    /// <summary>Whether the method was whole, and is one.</summary>
    private bool _hasMethod;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Looks at all bytes so far, at least one; after another answer than NeedMore it is not asked again.</summary>
    internal FirstLine Read(ReadOnlySpan<byte> bytes)
    {
        int shared = Math.Min(bytes.Length, Preface.Length);
        if (bytes[..shared].SequenceEqual(Preface[..shared]))
        {
            return shared == Preface.Length ? FirstLine.Http2 : FirstLine.NeedMore;
        }

        ReadOnlySpan<byte> fresh = bytes[_seen..];
        int end = fresh.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..(_seen + end)];
        ReadOnlySpan<byte> added = line[_seen..];
        if (!IsPossible(line, added))
        {
            return FirstLine.NotHttp;
        }

        _seen = line.Length;
        return end < 0 ? FirstLine.NeedMore : Judge(line);
    }

    /// <summary>Whether a line that begins so can become a request line: what cannot should not have to wait for its end.</summary>
    private bool IsPossible(ReadOnlySpan<byte> line, ReadOnlySpan<byte> added)
    {
        if (!_hasMethod)
        {
            int end = line.IndexOfAnyExcept(s_token);
            _hasMethod = end > 0 && IsSpace(line[end]);
            if (end >= 0 && !_hasMethod)
            {
                return false;
            }
        }

        // Control characters and bytes beyond ASCII are in no request line; a CR is white space or before the end.
        foreach (byte one in added)
        {
            if (one is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\f') or > 0x7E)
            {
                return false;
            }
        }

        return true;
    }

    private static FirstLine Judge(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> method = NextPart(ref rest);
        ReadOnlySpan<byte> target = NextPart(ref rest);
        ReadOnlySpan<byte> version = Trim(rest);
        if (method.IsEmpty || !IsTarget(target, isConnect: method.SequenceEqual("CONNECT"u8)))
        {
            return FirstLine.NotHttp;
        }

        // Envoy: no version at all is HTTP/0.9, and like all others it counts as 1.0.
        return version.IsEmpty ? FirstLine.Http10
            : !IsVersion(version) ? FirstLine.NotHttp
            : version.SequenceEqual("HTTP/1.1"u8) ? FirstLine.Http11
            : FirstLine.Http10;
    }

    private static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.Length == 8 && version.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)version[5]) && version[6] == '.'
        && char.IsAsciiDigit((char)version[7]);

    /// <summary>A path, an asterisk, a URI with a scheme, or an authority for CONNECT.</summary>
    private static bool IsTarget(ReadOnlySpan<byte> target, bool isConnect)
    {
        if (target.IsEmpty || target[0] is (byte)'/' or (byte)'*')
        {
            return !target.IsEmpty;
        }

        if (!isConnect)
        {
            int colon = target.IndexOfAnyExcept(s_scheme);
            if (!char.IsAsciiLetter((char)target[0]) || colon < 0 || !target[colon..].StartsWith("://"u8))
            {
                return false;
            }

            target = target[(colon + 3)..];
        }

        int path = target.IndexOfAny((byte)'/', (byte)'?');
        return (path < 0 ? target : target[..path]).IndexOfAnyExcept(s_authority) < 0;
    }

    private static ReadOnlySpan<byte> NextPart(ref ReadOnlySpan<byte> rest)
    {
        rest = Trim(rest);
        int end = 0;
        while (end < rest.Length && !IsSpace(rest[end]))
        {
            end++;
        }

        ReadOnlySpan<byte> part = rest[..end];
        rest = rest[end..];
        return part;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && IsSpace(text[0]))
        {
            text = text[1..];
        }

        while (text.Length > 0 && IsSpace(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }

    private static bool IsSpace(byte one) => one is (byte)' ' or (byte)'\t' or (byte)'\r';
}
