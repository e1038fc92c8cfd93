using System.Buffers;

namespace Nuncio.Core.Routing;

/// <summary>
/// A path template such as <c>/videos/{id}/*.m4s</c>: what a path must look like, and which parts of it have names. Envoy:
/// envoy.path.match.uri_template. Immutable; any thread. Made by <see cref="UriTemplateParser"/>.
/// </summary>
/// <remarks>
/// <c>*</c> and <c>{name}</c> take one segment or its beginning, <c>**</c> any number. Nothing but text may follow <c>**</c>, and only
/// a slash or the end's text follows a <c>*</c>, so every part ends at one place only: one pass, no search, no allocation.
/// </remarks>
public sealed class UriTemplate
{
    /// <summary>Names that a template may give.</summary>
    public const int MaxVariables = 5;

    // RFC 3986, appendix A: pchar without what Envoy's expression leaves out.
    private const string SegmentCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()+,;:@=*";

    private static readonly SearchValues<byte> Segment = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(SegmentCharacters));
    private static readonly SearchValues<byte> Segments = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(SegmentCharacters + "/"));

    private readonly UriTemplatePart[] _parts;

    internal UriTemplate(string text, IReadOnlyList<UriTemplatePart> parts, IReadOnlyList<string> variables)
    {
        Text = text;
        Variables = variables;
        _parts = [.. parts];

        // From the back: behind which glob there is only text, whose length says where the glob ends.
        int tail = 0;
        for (int i = _parts.Length - 1; i >= 0; i--)
        {
            if (_parts[i].Kind == UriTemplatePartKind.Text)
            {
                tail = tail < 0 ? tail : tail + _parts[i].Text.Length;
            }
            else if (_parts[i].Kind is UriTemplatePartKind.OneSegment or UriTemplatePartKind.AnySegments)
            {
                _parts[i] = _parts[i] with { Tail = tail };
                tail = -1;
            }
        }
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>Its names, in order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>What every path begins with that it takes.</summary>
    internal byte[] Beginning => _parts is [{ Kind: UriTemplatePartKind.Text } first, ..] ? first.Text : [];

    /// <summary>Whether a text has only characters that a template's text may have.</summary>
    internal static bool IsText(ReadOnlySpan<byte> text, bool withSlash) => text.IndexOfAnyExcept(withSlash ? Segments : Segment) < 0;

    /// <summary>Whether a path, without its query, is of this form.</summary>
    public bool IsMatch(ReadOnlySpan<byte> path) => TryMatch(path, stackalloc Range[MaxVariables]);

    /// <summary>The same, and where in the path the named parts are. Room for <see cref="MaxVariables"/> of them.</summary>
    internal bool TryMatch(ReadOnlySpan<byte> path, Span<Range> variables)
    {
        Span<int> starts = stackalloc int[MaxVariables];
        int at = 0;
        foreach (ref readonly UriTemplatePart part in _parts.AsSpan())
        {
            int length;
            switch (part.Kind)
            {
                case UriTemplatePartKind.Text:
                    length = path[at..].StartsWith(part.Text) ? part.Text.Length : -1;
                    break;
                case UriTemplatePartKind.Open:
                    starts[part.Variable] = at;
                    continue;
                case UriTemplatePartKind.Close:
                    variables[part.Variable] = starts[part.Variable]..at;
                    continue;
                default:
                    length = GlobLength(part, path[at..]);
                    break;
            }

            if (length < 0)
            {
                return false;
            }

            at += length;
        }

        return at == path.Length;
    }

    // A glob with only text behind it ends where that text begins; another one is followed by a slash, which it cannot take itself.
    private static int GlobLength(in UriTemplatePart part, ReadOnlySpan<byte> rest)
    {
        bool isOne = part.Kind == UriTemplatePartKind.OneSegment;
        int length = part.Tail >= 0 ? rest.Length - part.Tail : rest.IndexOf((byte)'/');
        bool good = length >= (isOne ? 1 : 0) && IsText(rest[..length], withSlash: !isOne);
        return good ? length : -1;
    }
}

/// <summary>Kinds of parts of a <see cref="UriTemplate"/>.</summary>
internal enum UriTemplatePartKind : byte
{
    /// <summary>This text.</summary>
    Text,

    /// <summary><c>*</c>: at least one character, none of them a slash.</summary>
    OneSegment,

    /// <summary><c>**</c>: anything, slashes too, or nothing.</summary>
    AnySegments,

    /// <summary>A named part begins here.</summary>
    Open,

    /// <summary>It ends here.</summary>
    Close,
}

/// <summary>A part of a <see cref="UriTemplate"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text of a text.</param>
/// <param name="Variable">The number of a name.</param>
internal readonly record struct UriTemplatePart(UriTemplatePartKind Kind, byte[] Text, int Variable)
{
    /// <summary>Bytes of text behind a glob up to the template's end; negative when there is another glob among them.</summary>
    internal int Tail { get; init; } = -1;
}
