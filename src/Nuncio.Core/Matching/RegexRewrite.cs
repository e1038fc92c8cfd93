using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Matching;

/// <summary>
/// Replaces every match of a pattern, as RE2's GlobalReplace does: <c>\0</c> to <c>\9</c> in the substitution are the match and its
/// groups. Envoy: type.matcher.v3.RegexMatchAndSubstitute. Immutable; any thread.
/// </summary>
/// <remarks>Allocates only where the substitution uses groups: .NET's engine gives those as objects.</remarks>
public sealed class RegexRewrite
{
    private const int StackLimit = 512;

    /// <summary>What a result is cut at: a client chooses how often a long substitution is written.</summary>
    private const int MaxResult = 1024 * 1024;

    private readonly RegexPerThread _regex;
    private readonly Part[] _parts;
    private readonly bool _needsGroups;

    private RegexRewrite(RegexPerThread regex, Part[] parts)
    {
        _regex = regex;
        _parts = parts;
        foreach (Part part in parts)
        {
            _needsGroups |= part.Group > 0;
        }
    }

    /// <summary>Makes a rewrite; false, and why, when the substitution is not right for the pattern.</summary>
    public static bool TryCreate(Re2Regex regex, string substitution, out RegexRewrite rewrite, out string error)
    {
        rewrite = null!;
        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (int i = 0; i < substitution.Length; i++)
        {
            char c = substitution[i];
            if (c != '\\')
            {
                literal.Append(c);
                continue;
            }

            char next = ++i < substitution.Length ? substitution[i] : '\0';
            if (next == '\\')
            {
                literal.Append('\\');
                continue;
            }

            if (!char.IsAsciiDigit(next))
            {
                error = "a backslash in a substitution must be followed by a digit or a backslash";
                return false;
            }

            int group = next - '0';
            if (group > regex.GroupCount)
            {
                error = $"the substitution uses group {group}, but the regular expression has {regex.GroupCount}";
                return false;
            }

            parts.Add(new Part(Encoding.UTF8.GetBytes(literal.ToString()), -1));
            parts.Add(new Part([], group));
            literal.Clear();
        }

        parts.Add(new Part(Encoding.UTF8.GetBytes(literal.ToString()), -1));
        parts.RemoveAll(static part => part.Group < 0 && part.Literal.Length == 0);
        error = "";
        rewrite = new RegexRewrite(regex.ForSearch(), [.. parts]);
        return true;
    }

    /// <summary>Writes the text with every match replaced. A text that is not UTF-8 is written as it is.</summary>
    public void Replace(ReadOnlySpan<byte> text, ByteWriter into)
    {
        int start = into.Length;
        char[]? rented = null;
        Span<char> room = text.Length <= StackLimit
            ? stackalloc char[StackLimit]
            : rented = ArrayPool<char>.Shared.Rent(text.Length);
        if (!Re2Regex.TryWiden(text, room, out int length))
        {
            into.Append(text);
        }
        else if (_needsGroups)
        {
            ReplaceWithGroups(room[..length].ToString(), into);
        }
        else
        {
            ReplaceWithoutGroups(room[..length], into);
        }

        if (into.Length - start > MaxResult)
        {
            into.Truncate(start + MaxResult);
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private void ReplaceWithoutGroups(ReadOnlySpan<char> text, ByteWriter into)
    {
        int last = 0;
        int stop = into.Length + MaxResult;
        bool any = false;
        foreach (ValueMatch match in _regex.Current.EnumerateMatches(text))
        {
            // RE2: an empty match right behind another match is none.
            if (any && match.Length == 0 && match.Index == last)
            {
                continue;
            }

            AppendChars(text[last..match.Index], into);
            foreach (Part part in _parts)
            {
                into.Append(part.Literal);
                if (part.Group == 0)
                {
                    AppendChars(text.Slice(match.Index, match.Length), into);
                }
            }

            last = match.Index + match.Length;
            any = true;
            if (into.Length > stop)
            {
                return;
            }
        }

        AppendChars(text[last..], into);
    }

    private void ReplaceWithGroups(string text, ByteWriter into)
    {
        int last = 0;
        int stop = into.Length + MaxResult;
        bool any = false;
        for (Match match = _regex.Current.Match(text); match.Success; match = match.NextMatch())
        {
            if (any && match.Length == 0 && match.Index == last)
            {
                continue;
            }

            AppendChars(text.AsSpan(last, match.Index - last), into);
            foreach (Part part in _parts)
            {
                into.Append(part.Literal);
                if (part.Group >= 0)
                {
                    AppendChars(match.Groups[part.Group].ValueSpan, into);
                }
            }

            last = match.Index + match.Length;
            any = true;
            if (into.Length > stop)
            {
                return;
            }
        }

        AppendChars(text.AsSpan(last), into);
    }

    private static void AppendChars(ReadOnlySpan<char> text, ByteWriter into)
    {
        Span<byte> room = into.Reserve(3 * text.Length);
        into.Advance(Encoding.UTF8.GetBytes(text, room));
    }

    /// <summary>Literal text, or the number of a group (then no text).</summary>
    private readonly record struct Part(byte[] Literal, int Group);
}
