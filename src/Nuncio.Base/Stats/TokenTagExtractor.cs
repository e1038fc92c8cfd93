using System.Diagnostics;

namespace Nuncio.Base.Stats;

/// <summary>Finds a tag by a pattern of tokens between dots.</summary>
/// <remarks>
/// In a pattern <c>*</c> is any one token, <c>$</c> the tag's value, <c>**</c> any number of tokens (at the end of the pattern at
/// least one), anything else itself. Removed from the name is the value with the dot behind it; where nothing follows, with the
/// dot before it. Matching is by recursion over <c>**</c>, of which no pattern has more than two.
/// </remarks>
internal sealed class TokenTagExtractor : TagExtractor
{
    private readonly string[] _pattern;
    private readonly string? _exceptValue;

    /// <summary>A value of <paramref name="exceptValue"/> does not match.</summary>
    internal TokenTagExtractor(string tagName, string pattern, string? exceptValue = null)
        : base(tagName, pattern.Split('.')[0] is "$" ? "" : pattern.Split('.')[0])
    {
        _pattern = pattern.Split('.');
        _exceptValue = exceptValue;
        Debug.Assert(Array.IndexOf(_pattern, "$") >= 0, "a pattern needs a value");
    }

    /// <inheritdoc/>
    internal override bool TryExtract(string name, out TagMatch match)
    {
        match = default;
        Range value = default;
        if (!Matches(0, name, 0, ref value))
        {
            return false;
        }

        if (_exceptValue is not null && name.AsSpan()[value].SequenceEqual(_exceptValue))
        {
            return false;
        }

        int start = value.Start.Value;
        int end = value.End.Value;
        match = end < name.Length
            ? new TagMatch(value, start..(end + 1))
            : new TagMatch(value, Math.Max(start - 1, 0)..end);
        return true;
    }

    /// <summary>
    /// Whether the pattern from token <paramref name="at"/> on fits the name from <paramref name="position"/> on.
    /// </summary>
    private bool Matches(int at, string name, int position, ref Range value)
    {
        for (; at < _pattern.Length; at++)
        {
            bool ended = position > name.Length;
            if (_pattern[at] == "**")
            {
                return at == _pattern.Length - 1 ? !ended : MatchesAfterAny(at + 1, name, position, ref value);
            }

            if (ended)
            {
                return false;
            }

            int end = TokenEnd(name, position);
            ReadOnlySpan<char> token = name.AsSpan(position, end - position);
            switch (_pattern[at])
            {
                case "*":
                    break;
                case "$":
                    if (token.IsEmpty)
                    {
                        return false;
                    }

                    value = position..end;
                    break;
                default:
                    if (!token.SequenceEqual(_pattern[at]))
                    {
                        return false;
                    }

                    break;
            }

            // One past the dot; one past the end of the name where there is no further token.
            position = end + 1;
        }

        return position > name.Length;
    }

    private bool MatchesAfterAny(int at, string name, int position, ref Range value)
    {
        while (position <= name.Length)
        {
            if (Matches(at, name, position, ref value))
            {
                return true;
            }

            position = TokenEnd(name, position) + 1;
        }

        return false;
    }
}
