using Nuncio.Base.Buffers;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// How a path is rewritten: the matched part replaced, or all of it but the query put through a pattern or a template. Immutable; any thread.
/// Envoy: prefix_rewrite, regex_rewrite and path_rewrite_policy of RouteAction and RedirectAction.
/// </summary>
public sealed class PathRewrite
{
    private readonly byte[]? _prefix;
    private readonly RegexRewrite? _regex;
    private readonly UriTemplateRewrite? _template;

    private PathRewrite(byte[]? prefix, RegexRewrite? regex, UriTemplateRewrite? template = null)
    {
        _template = template;
        _prefix = prefix;
        _regex = regex;
    }

    /// <summary>Replaces what the route's match rule matched.</summary>
    public static PathRewrite Prefix(byte[] replacement) => new(replacement, null);

    /// <summary>Puts the path through a pattern.</summary>
    public static PathRewrite Regex(RegexRewrite rewrite) => new(null, rewrite);

    /// <summary>Makes the path anew from what the route's template named.</summary>
    public static PathRewrite Template(UriTemplateRewrite rewrite) => new(null, null, rewrite);

    /// <summary>Rewrites <c>:path</c>.</summary>
    /// <param name="headers">The request.</param>
    /// <param name="matched">Length of the path's beginning that the route matched.</param>
    /// <param name="keepOriginal">Whether the old path goes to <c>x-envoy-original-path</c>.</param>
    /// <param name="unlessEmpty">Whether a pattern's empty result changes nothing, as it does for redirects.</param>
    /// <param name="scratch">Room for the new path.</param>
    internal void Apply(HeaderMap headers, int matched, bool keepOriginal, bool unlessEmpty, ByteWriter scratch)
    {
        ReadOnlySpan<byte> path = headers.Get(KnownHeader.Path);
        scratch.Clear();
        int replaced = Math.Min(matched, path.Length);
        if (_prefix is not null)
        {
            scratch.Append(_prefix);
        }
        else if (_template is not null)
        {
            replaced = WithoutQuery(path).Length;
            if (!_template.TryWrite(path[..replaced], scratch))
            {
                return; // A filter changed the path after the route was chosen.
            }
        }
        else
        {
            replaced = WithoutQuery(path).Length;
            _regex!.Replace(path[..replaced], scratch);
            if (unlessEmpty && scratch.Length == 0)
            {
                return;
            }
        }

        scratch.Append(path[replaced..]);
        if (keepOriginal)
        {
            headers.Set(KnownHeader.XEnvoyOriginalPath, path);
        }

        headers.Set(KnownHeader.Path, scratch.Written);
    }

    /// <summary>The path without query and fragment.</summary>
    internal static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> path)
    {
        int end = path.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? path : path[..end];
    }
}
