using System.Text;

namespace Nuncio.Core.Matching;

/// <summary>
/// A test on a text. Envoy: type.matcher.v3.StringMatcher. Immutable; any thread. No allocation to ask it, and time linear in the
/// text (times the pattern for <see cref="StringMatchKind.Contains"/> without case).
/// </summary>
public sealed class StringMatcher
{
    /// <summary>Bytes; host names and the values of filter state fit.</summary>
    private const int LongestOnStack = 512;

    private readonly StringMatchKind _kind;
    private readonly bool _ignoreCase;
    private readonly byte[] _pattern;
    private readonly Re2Regex? _regex;

    private StringMatcher(StringMatchKind kind, byte[] pattern, bool ignoreCase, Re2Regex? regex)
    {
        _kind = kind;
        _pattern = ignoreCase ? AsciiCase.ToLower(pattern) : pattern;
        _ignoreCase = ignoreCase;
        _regex = regex;
    }

    /// <summary>A test for a text, or for a part of it.</summary>
    public StringMatcher(StringMatchKind kind, string pattern, bool ignoreCase = false)
        : this(kind, Encoding.UTF8.GetBytes(pattern), ignoreCase, null)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)kind, (int)StringMatchKind.Regex);
    }

    /// <summary>A test for a pattern, which must match all of the text.</summary>
    public StringMatcher(Re2Regex regex)
        : this(StringMatchKind.Regex, [], false, regex)
    {
    }

    /// <summary>What is asked.</summary>
    public StringMatchKind Kind => _kind;

    /// <summary>The answer.</summary>
    public bool Matches(ReadOnlySpan<byte> text) => _ignoreCase ? MatchesIgnoringCase(text) : _kind switch
    {
        StringMatchKind.Exact => text.SequenceEqual(_pattern),
        StringMatchKind.Prefix => text.StartsWith(_pattern),
        StringMatchKind.Suffix => text.EndsWith(_pattern),
        StringMatchKind.Contains => text.IndexOf(_pattern) >= 0,
        _ => _regex!.IsFullMatch(text),
    };

    /// <summary>The answer for a string; a short one costs no memory.</summary>
    public bool Matches(string text)
    {
        Span<byte> bytes = stackalloc byte[LongestOnStack];
        return Encoding.UTF8.TryGetBytes(text, bytes, out int length)
            ? Matches(bytes[..length])
            : Matches((ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(text));
    }

    private bool MatchesIgnoringCase(ReadOnlySpan<byte> text) => _kind switch
    {
        StringMatchKind.Exact => AsciiCase.EqualsLower(text, _pattern),
        StringMatchKind.Prefix => AsciiCase.StartsWithLower(text, _pattern),
        StringMatchKind.Suffix => AsciiCase.EndsWithLower(text, _pattern),
        _ => AsciiCase.ContainsLower(text, _pattern),
    };
}

/// <summary>What a <see cref="StringMatcher"/> asks.</summary>
public enum StringMatchKind : byte
{
    /// <summary>The whole text is this.</summary>
    Exact,

    /// <summary>The text begins so.</summary>
    Prefix,

    /// <summary>The text ends so.</summary>
    Suffix,

    /// <summary>The text holds this.</summary>
    Contains,

    /// <summary>A regular expression matches the whole text.</summary>
    Regex,
}
