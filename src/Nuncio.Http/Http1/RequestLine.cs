using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Http.Http1;

/// <summary>Reads request lines (RFC 9112 section 3) into pseudo headers. Stateless; any thread.</summary>
internal static class RequestLine
{
    /// <summary>Reads a line without its CRLF.</summary>
    internal static Http1Error Parse(ReadOnlySpan<byte> line, Http1Options options, bool isSecure, ref Http1Head head)
    {
        int blank = line.IndexOf((byte)' ');
        if (blank <= 0)
        {
            return Http1Error.BadRequestLine;
        }

        ReadOnlySpan<byte> method = line[..blank];
        head.Method = HttpMethods.Classify(method);
        if (head.Method == HttpMethod.Unknown && !(options.AllowCustomMethods && HeaderName.IsToken(method)))
        {
            return Http1Error.BadMethod;
        }

        Http1Error error = SplitVersion(line[(blank + 1)..], out ReadOnlySpan<byte> target, out head.Version);
        if (error != Http1Error.None)
        {
            return error;
        }

        if (target.IsEmpty || target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            return Http1Error.BadTarget;
        }

        HeaderMap map = head.Map!;
        map.EnsureRoom(line.Length + 1);
        map.AddDecoded(KnownHeader.Method, 0, method);
        if (target[0] == (byte)'/' && head.Method != HttpMethod.Connect)
        {
            map.AddDecoded(KnownHeader.Path, 0, target);
            return Http1Error.None;
        }

        return head.Method == HttpMethod.Connect ? TakeAuthorityForm(target, ref head)
            : target[0] == (byte)'*' ? TakeAsterisk(target, ref head)
            : TakeAbsoluteForm(target, options, isSecure, ref head);
    }

    private static Http1Error SplitVersion(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> target, out HttpProtocol version)
    {
        version = HttpProtocol.Unknown;
        if (rest.EndsWith(" HTTP/1.1"u8))
        {
            version = HttpProtocol.Http11;
            target = rest[..^9];
            return Http1Error.None;
        }

        int blank = rest.LastIndexOf((byte)' ');
        if (blank < 0)
        {
            target = rest; // HTTP/0.9, which has no version: answered like any other version that is not served.
            return Http1Error.None;
        }

        target = rest[..blank];
        ReadOnlySpan<byte> text = rest[(blank + 1)..];
        if (!IsVersion(text))
        {
            return Http1Error.BadVersion;
        }

        version = text.EndsWith("1.0"u8) ? HttpProtocol.Http10 : HttpProtocol.Unknown;
        return Http1Error.None;
    }

    private static bool IsVersion(ReadOnlySpan<byte> text) =>
        text.Length == 8 && text.StartsWith("HTTP/"u8) && text[6] == (byte)'.'
        && text[5] is >= (byte)'0' and <= (byte)'9' && text[7] is >= (byte)'0' and <= (byte)'9';

    private static Http1Error TakeAuthorityForm(ReadOnlySpan<byte> target, ref Http1Head head)
    {
        if (!HttpAuthority.IsHostAndPort(target))
        {
            return Http1Error.InvalidUrl;
        }

        head.Map!.AddDecoded(KnownHeader.Authority, 0, target);
        head.Flags |= HeadFlags.AuthorityFromTarget;
        return Http1Error.None;
    }

    private static Http1Error TakeAsterisk(ReadOnlySpan<byte> target, ref Http1Head head)
    {
        if (target.Length > 1 || head.Method != HttpMethod.Options)
        {
            return Http1Error.InvalidUrl;
        }

        head.Map!.AddDecoded(KnownHeader.Path, 0, target);
        return Http1Error.None;
    }

    private static Http1Error TakeAbsoluteForm(ReadOnlySpan<byte> target, Http1Options options, bool isSecure, ref Http1Head head)
    {
        int schemeEnd = target.IndexOf("://"u8);
        if (schemeEnd <= 0 || !IsScheme(target[..schemeEnd]))
        {
            return Http1Error.BadTargetForm;
        }

        HeaderMap map = head.Map!;
        if (!options.AllowAbsoluteUrl)
        {
            map.AddDecoded(KnownHeader.Path, 0, target);
            return Http1Error.None;
        }

        bool isHttp = Ascii.EqualsIgnoreCase(target[..schemeEnd], "http"u8);
        bool isHttps = !isHttp && Ascii.EqualsIgnoreCase(target[..schemeEnd], "https"u8);
        ReadOnlySpan<byte> rest = target[(schemeEnd + 3)..];
        int authorityEnd = rest.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        ReadOnlySpan<byte> authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        if (authority.IsEmpty || authority[0] == (byte)':' || !HttpAuthority.IsValid(authority))
        {
            return Http1Error.InvalidUrl;
        }

        if (!isHttp && !isHttps)
        {
            return Http1Error.InvalidScheme;
        }

        if (isHttps && options.ValidateScheme && !isSecure)
        {
            return Http1Error.HttpsOnPlaintext;
        }

        // RFC 9112 section 3.2.2: Host is ignored in favour of the target.
        map.EnsureRoom(target.Length + 8);
        map.AddDecoded(KnownHeader.Scheme, 0, isHttps ? "https"u8 : "http"u8);
        map.AddDecoded(KnownHeader.Authority, 0, authority);
        head.Flags |= HeadFlags.AuthorityFromTarget;
        AddPath(map, authorityEnd < 0 ? default : rest[authorityEnd..]);
        return Http1Error.None;
    }

    private static void AddPath(HeaderMap map, ReadOnlySpan<byte> path)
    {
        if (!path.IsEmpty && path[0] == (byte)'/')
        {
            map.AddDecoded(KnownHeader.Path, 0, path);
            return;
        }

        map.AddDecoded(KnownHeader.Path, 0, "/"u8);
        map.Append(KnownHeader.Path, path, default);
    }

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        if (!char.IsAsciiLetter((char)text[0]))
        {
            return false;
        }

        foreach (byte b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'+' or (byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }
}
