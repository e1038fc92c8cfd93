using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Http.Http1;

/// <summary>Reads status lines (RFC 9112 section 4). Stateless; any thread.</summary>
internal static class StatusLine
{
    /// <summary>Where the reason phrase begins.</summary>
    internal const int ReasonAt = 13;

    /// <summary>
    /// Reads a line without its CRLF. The reason phrase means nothing and is not kept here; that it and the blank before it are missing
    /// is forgiven, because many servers of old do so.
    /// </summary>
    internal static Http1Error Parse(ReadOnlySpan<byte> line, ref Http1Head head)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != (byte)' '
            || line[7] is < (byte)'0' or > (byte)'9')
        {
            return Http1Error.BadStatusLine;
        }

        ReadOnlySpan<byte> digits = line.Slice(9, 3);
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || digits[0] == (byte)'0'
            || (line.Length > 12 && line[12] != (byte)' ') || !FieldScanner.IsValue(line[12..]))
        {
            return Http1Error.BadStatusLine;
        }

        // RFC 9110 section 2.5: a higher minor version is read as the one that we know.
        head.Version = line[7] == (byte)'0' ? HttpProtocol.Http10 : HttpProtocol.Http11;
        head.Status = (ushort)(((digits[0] - '0') * 100) + ((digits[1] - '0') * 10) + (digits[2] - '0'));
        HeaderMap map = head.Map!;
        map.EnsureRoom(digits.Length);
        map.AddDecoded(KnownHeader.Status, 0, digits);
        return Http1Error.None;
    }
}
