using Nuncio.Base.Buffers;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// How the authority of a request is made: from a literal, from a header, or from the path. Immutable; any thread.
/// Envoy: RouteAction.host_rewrite_literal, host_rewrite_header, host_rewrite_path_regex.
/// </summary>
public sealed class HostRewrite
{
    private readonly byte[]? _literal;
    private readonly HeaderKey? _header;
    private readonly RegexRewrite? _path;

    private HostRewrite(byte[]? literal, HeaderKey? header, RegexRewrite? path)
    {
        _literal = literal;
        _header = header;
        _path = path;
    }

    /// <summary>Always this.</summary>
    public static HostRewrite Literal(byte[] host) => new(host, null, null);

    /// <summary>The first value of a header; unchanged without one.</summary>
    public static HostRewrite FromHeader(HeaderKey header) => new(null, header, null);

    /// <summary>The path without its query, put through a pattern.</summary>
    public static HostRewrite FromPath(RegexRewrite rewrite) => new(null, null, rewrite);

    /// <summary>Rewrites the authority, unless what it is made from is empty.</summary>
    public void Apply(HeaderMap headers, bool appendForwardedHost, bool keepOriginal, ByteWriter scratch)
    {
        ReadOnlySpan<byte> host = _literal;
        if (_header is { } header)
        {
            header.TryGet(headers, out host);
        }
        else if (_path is not null)
        {
            scratch.Clear();
            _path.Replace(PathRewrite.WithoutQuery(headers.Get(KnownHeader.Path)), scratch);
            host = scratch.Written;
        }

        if (!host.IsEmpty)
        {
            Replace(headers, host, appendForwardedHost, keepOriginal);
        }
    }

    /// <summary>Replaces the authority and keeps the old one where asked to.</summary>
    internal static void Replace(HeaderMap headers, ReadOnlySpan<byte> host, bool appendForwardedHost, bool keepOriginal)
    {
        ReadOnlySpan<byte> old = headers.Get(KnownHeader.Authority);
        if (!old.IsEmpty)
        {
            if (keepOriginal)
            {
                headers.Set(KnownHeader.XEnvoyOriginalHost, old);
            }

            if (appendForwardedHost && !LastItem(headers.Get(KnownHeader.XForwardedHost)).SequenceEqual(old))
            {
                headers.Append(KnownHeader.XForwardedHost, old, ","u8);
            }
        }

        headers.Set(KnownHeader.Authority, host);
    }

    /// <summary>The last item of a list that is not blank. Items keep their blanks, as in Envoy's comparison.</summary>
    private static ReadOnlySpan<byte> LastItem(ReadOnlySpan<byte> list)
    {
        while (!list.IsEmpty)
        {
            int comma = list.LastIndexOf((byte)',');
            ReadOnlySpan<byte> item = list[(comma + 1)..];
            if (!item.Trim(" \t"u8).IsEmpty)
            {
                return item;
            }

            list = comma < 0 ? default : list[..comma];
        }

        return default;
    }
}
