using System.Globalization;
using System.Text;

namespace Nuncio.Core.Matching;

/// <summary>
/// Parses a pattern of RE2's language (github.com/google/re2/wiki/Syntax) and spells it for .NET: anything that RE2 does not have
/// is refused, anything that means something else in .NET (<c>$</c>, <c>\d</c>, <c>\w</c>, classes, named groups) is spelt out.
/// </summary>
/// <remarks>
/// Control plane only. A plain recursive descent: alternation, concatenation, repetition, atom. One object parses one pattern.
/// Errors are <see cref="FormatException"/>s inside, one text outside.
/// </remarks>
internal sealed class Re2Translator
{
    private const int MaxDepth = 200;
    private const long MaxSize = 1_000_000;

    private readonly Re2Scanner _scan;
    private readonly StringBuilder _out = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _groups;
    private int _depth;
    private bool _quoting;

    private Re2Translator(string text) => _scan = new Re2Scanner(text);

    /// <summary>Translates; false, and why, when the pattern is none.</summary>
    internal static bool TryTranslate(string pattern, out Re2Translation translation, out string error)
    {
        var translator = new Re2Translator(pattern);
        try
        {
            var flags = default(Flags);
            long size = translator.Alternation(ref flags);
            if (!translator._scan.AtEnd)
            {
                throw new FormatException("unexpected )");
            }

            // Envoy counts as RE2 does: a start, a match and the unanchored prefix come on top.
            translation = new Re2Translation(translator._out.ToString(), translator._groups, size + 2);
            error = "";
            return true;
        }
        catch (FormatException e)
        {
            translation = default;
            error = $"{e.Message} (at character {Math.Min(translator._scan.At, pattern.Length) + 1} of '{pattern}')";
            return false;
        }
    }

    private long Alternation(ref Flags flags)
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException("groups are nested too deeply");
        }

        long size = Concatenation(ref flags);
        while (!_scan.AtEnd && _scan.Next == '|')
        {
            _scan.At++;
            _out.Append('|');
            size += 1 + Concatenation(ref flags);
        }

        _depth--;
        return size;
    }

    private long Concatenation(ref Flags flags)
    {
        long size = 0;
        while (!_scan.AtEnd && (_quoting || _scan.Next is not ('|' or ')')))
        {
            int start = _out.Length;
            if (_quoting)
            {
                size += Quoted(flags);
                continue;
            }

            if (!Atom(ref flags, out long atom))
            {
                continue;
            }

            size += Repetition(start, atom, flags);
            if (size > MaxSize)
            {
                throw new FormatException("the regular expression is too large");
            }
        }

        return size;
    }

    private long Repetition(int start, long atom, Flags flags)
    {
        if (_scan.AtEnd || !_scan.TryRepeat(out int min, out int max))
        {
            return atom;
        }

        bool lazy = flags.Ungreedy;
        if (!_scan.AtEnd && _scan.Next == '?')
        {
            lazy = !lazy;
            _scan.At++;
        }

        int after = _scan.At;
        if (!_scan.AtEnd && _scan.TryRepeat(out _, out _))
        {
            _scan.At = after;
            throw new FormatException("a repetition cannot be repeated (possessive repetition is not part of RE2)");
        }

        // Grouped whatever it is, so that what was spelt out with several characters is repeated as one.
        _out.Insert(start, "(?:").Append(')');
        _out.Append(CultureInfo.InvariantCulture, $"{{{min},{(max < 0 ? "" : max.ToString(CultureInfo.InvariantCulture))}}}");
        if (lazy)
        {
            _out.Append('?');
        }

        return max < 0 ? (atom * Math.Max(min, 1)) + 1 : (atom * max) + (max - min);
    }

    /// <summary>Writes one atom. False for what is none: inline flags, the beginning of a quotation.</summary>
    private bool Atom(ref Flags flags, out long size)
    {
        size = 1;
        char c = _scan.Next;
        switch (c)
        {
            case '(':
                return Group(ref flags, out size);
            case '[':
                var set = new Re2ClassWriter();
                Re2ClassReader.Bracketed(_scan, set, out bool negated);
                _out.Append(set.ToPattern(negated, flags.IgnoreCase));
                size = set.Size;
                return true;
            case '.':
                _scan.At++;
                _out.Append(flags.DotAll ? "(?s:.)" : @"[^\n]");
                return true;
            case '^':
                _scan.At++;
                _out.Append(flags.Multiline ? "(?m:^)" : @"\A");
                return true;
            case '$':
                _scan.At++;
                _out.Append(flags.Multiline ? "(?m:$)" : @"\z");
                return true;
            case '\\' when _scan.At + 1 < _scan.Text.Length && _scan.Text[_scan.At + 1] == 'Q':
                _scan.At += 2;
                _quoting = true;
                return false;
            case '\\':
                size = Escape(flags);
                return true;
            case '*' or '+' or '?':
                throw new FormatException($"no argument for repetition operator: {c}");
            default:
                if (c == '{' && _scan.TryRepeat(out _, out _))
                {
                    throw new FormatException("no argument for repetition operator: {");
                }

                Literal(_scan.NextRune(), flags);
                return true;
        }
    }

    private bool Group(ref Flags flags, out long size)
    {
        _scan.At++;
        Flags inner = flags;
        bool captures = true;
        if (!_scan.AtEnd && _scan.Next == '?')
        {
            if (!GroupKind(ref inner, out captures))
            {
                flags = inner;
                size = 0;
                return false;
            }
        }

        if (captures)
        {
            _groups++;
        }

        _out.Append(captures ? "(" : "(?:");
        size = Alternation(ref inner) + (captures ? 2 : 0);
        if (_scan.AtEnd)
        {
            throw new FormatException("missing closing )");
        }

        _scan.At++;
        _out.Append(')');
        return true;
    }

    /// <summary>Reads what follows <c>(?</c>. False when it was flags for the rest of the group around it.</summary>
    private bool GroupKind(ref Flags flags, out bool captures)
    {
        int start = _scan.At - 1;
        _scan.At++;
        captures = false;
        ReadOnlySpan<char> rest = _scan.Rest;
        bool named = rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!"));
        if (named)
        {
            captures = true;
            GroupName(rest[0] == 'P' ? 2 : 1);
            return true;
        }

        bool on = true;
        bool any = false;
        for (; !_scan.AtEnd; _scan.At++)
        {
            switch (_scan.Next)
            {
                case ':':
                    _scan.At++;
                    return true;
                case ')' when any:
                    _scan.At++;
                    return false;
                case '-' when on:
                    on = false;
                    any = false;
                    continue;
                case 'i':
                    flags.IgnoreCase = on;
                    break;
                case 'm':
                    flags.Multiline = on;
                    break;
                case 's':
                    flags.DotAll = on;
                    break;
                case 'U':
                    flags.Ungreedy = on;
                    break;
                default:
                    string found = _scan.Text[start..Math.Min(_scan.At + 1, _scan.Text.Length)];
                    throw new FormatException($"'{found}' is not part of RE2 (it has no lookaround, atomic groups, conditions or comments)");
            }

            any = true;
        }

        throw new FormatException("missing closing )");
    }

    private void GroupName(int skip)
    {
        int close = _scan.Text.IndexOf('>', _scan.At);
        string name = close < 0 ? "" : _scan.Text[(_scan.At + skip)..close];
        if (name.Length == 0 || !IsWord(name))
        {
            throw new FormatException("invalid named capture group");
        }

        if (!_names.Add(name))
        {
            throw new FormatException($"duplicate capture group name '{name}'");
        }

        _scan.At = close + 1;
    }

    private static bool IsWord(string text)
    {
        foreach (char c in text)
        {
            if (c != '_' && !char.IsLetterOrDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private long Escape(Flags flags)
    {
        if (_scan.At + 1 >= _scan.Text.Length)
        {
            throw new FormatException("trailing \\");
        }

        switch (_scan.Text[_scan.At + 1])
        {
            case 'A':
                return Plain(@"\A");
            case 'z':
                return Plain(@"\z");
            case 'b':
                return Plain(@"\b");
            case 'B':
                return Plain(@"\B");
            case 'C':
                throw new FormatException(@"\C (a single byte) is not supported");
        }

        var set = new Re2ClassWriter();
        if (Re2ClassReader.TryEscape(_scan, set))
        {
            _out.Append(set.ToPattern(negated: false, flags.IgnoreCase));
            return set.Size;
        }

        return Literal(_scan.EscapedRune(), flags);
    }

    private long Plain(string written)
    {
        _scan.At += 2;
        _out.Append(written);
        return 1;
    }

    /// <summary>One character between <c>\Q</c> and <c>\E</c>; a repetition behind the latter is the last character's.</summary>
    private long Quoted(Flags flags)
    {
        if (AtQuoteEnd())
        {
            return 0;
        }

        int start = _out.Length;
        long size = Literal(_scan.NextRune(), flags);
        return AtQuoteEnd() ? Repetition(start, size, flags) : size;
    }

    private bool AtQuoteEnd()
    {
        if (!_scan.Rest.StartsWith(@"\E"))
        {
            return false;
        }

        _scan.At += 2;
        _quoting = false;
        return true;
    }

    private long Literal(int rune, Flags flags)
    {
        if (flags.IgnoreCase)
        {
            _out.Append("(?i:").Append(Re2ClassWriter.Spell(rune)).Append(')');
        }
        else if (rune > char.MaxValue)
        {
            // Two units that are repeated together.
            _out.Append("(?:").Append(Re2ClassWriter.Spell(rune)).Append(')');
        }
        else
        {
            _out.Append(Re2ClassWriter.Spell(rune));
        }

        return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune <= char.MaxValue ? 3 : 4;
    }

    /// <summary>What <c>(?imsU)</c> sets.</summary>
    private struct Flags
    {
        internal bool IgnoreCase;
        internal bool Multiline;
        internal bool DotAll;
        internal bool Ungreedy;
    }
}
