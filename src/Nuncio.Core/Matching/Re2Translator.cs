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
    private const int MaxRepeat = 1000;
    private const long MaxSize = 1_000_000;
    private const int MaxRune = 0x10FFFF;

    private readonly string _text;
    private readonly StringBuilder _out = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _at;
    private int _groups;
    private int _depth;
    private bool _quoting;

    private Re2Translator(string text) => _text = text;

    private bool AtEnd => _at >= _text.Length;

    /// <summary>Translates; false, and why, when the pattern is none.</summary>
    internal static bool TryTranslate(string pattern, out Re2Translation translation, out string error)
    {
        var translator = new Re2Translator(pattern);
        try
        {
            var flags = default(Flags);
            long size = translator.Alternation(ref flags);
            if (!translator.AtEnd)
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
            error = $"{e.Message} (at character {Math.Min(translator._at, pattern.Length) + 1} of '{pattern}')";
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
        while (!AtEnd && _text[_at] == '|')
        {
            _at++;
            _out.Append('|');
            size += 1 + Concatenation(ref flags);
        }

        _depth--;
        return size;
    }

    private long Concatenation(ref Flags flags)
    {
        long size = 0;
        while (!AtEnd && (_quoting || _text[_at] is not ('|' or ')')))
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
        if (AtEnd || !TryRepeat(out int min, out int max))
        {
            return atom;
        }

        bool lazy = flags.Ungreedy;
        if (!AtEnd && _text[_at] == '?')
        {
            lazy = !lazy;
            _at++;
        }

        int after = _at;
        if (!AtEnd && TryRepeat(out _, out _))
        {
            _at = after;
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

    /// <summary>Reads a repetition operator if there is one; <paramref name="max"/> below 0 is without end.</summary>
    private bool TryRepeat(out int min, out int max)
    {
        (min, max) = (0, -1);
        switch (_text[_at])
        {
            case '*':
                _at++;
                return true;
            case '+':
                _at++;
                min = 1;
                return true;
            case '?':
                _at++;
                max = 1;
                return true;
            case '{':
                return TryCountedRepeat(out min, out max);
            default:
                return false;
        }
    }

    private bool TryCountedRepeat(out int min, out int max)
    {
        (min, max) = (0, -1);
        int close = _text.IndexOf('}', _at);
        if (close < 0)
        {
            return false;
        }

        // Anything but {n}, {n,} and {n,m} is literal text in RE2.
        ReadOnlySpan<char> inside = _text.AsSpan(_at + 1, close - _at - 1);
        int comma = inside.IndexOf(',');
        ReadOnlySpan<char> low = comma < 0 ? inside : inside[..comma];
        ReadOnlySpan<char> high = comma < 0 ? inside : inside[(comma + 1)..];
        if (!IsNumber(low) || (!high.IsEmpty && !IsNumber(high)))
        {
            return false;
        }

        min = CountOf(low);
        max = high.IsEmpty ? -1 : CountOf(high);
        if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && max < min))
        {
            throw new FormatException($"bad repetition count {{{inside}}}: at most {MaxRepeat}, and the first not above the second");
        }

        _at = close + 1;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static int CountOf(ReadOnlySpan<char> text) =>
        text.Length <= 6 ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : MaxRepeat + 1;

    /// <summary>Writes one atom. False for what is none: inline flags, the beginning of a quotation.</summary>
    private bool Atom(ref Flags flags, out long size)
    {
        size = 1;
        char c = _text[_at];
        switch (c)
        {
            case '(':
                return Group(ref flags, out size);
            case '[':
                size = Class(flags);
                return true;
            case '.':
                _at++;
                _out.Append(flags.DotAll ? "(?s:.)" : @"[^\n]");
                return true;
            case '^':
                _at++;
                _out.Append(flags.Multiline ? "(?m:^)" : @"\A");
                return true;
            case '$':
                _at++;
                _out.Append(flags.Multiline ? "(?m:$)" : @"\z");
                return true;
            case '\\' when _at + 1 < _text.Length && _text[_at + 1] == 'Q':
                _at += 2;
                _quoting = true;
                return false;
            case '\\':
                size = Escape(flags);
                return true;
            case '*' or '+' or '?':
                throw new FormatException($"no argument for repetition operator: {c}");
            default:
                if (c == '{' && TryRepeat(out _, out _))
                {
                    throw new FormatException("no argument for repetition operator: {");
                }

                Literal(NextRune(), flags);
                return true;
        }
    }

    private bool Group(ref Flags flags, out long size)
    {
        _at++;
        Flags inner = flags;
        bool captures = true;
        if (!AtEnd && _text[_at] == '?')
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
        if (AtEnd)
        {
            throw new FormatException("missing closing )");
        }

        _at++;
        _out.Append(')');
        return true;
    }

    /// <summary>Reads what follows <c>(?</c>. False when it was flags for the rest of the group around it.</summary>
    private bool GroupKind(ref Flags flags, out bool captures)
    {
        int start = _at - 1;
        _at++;
        captures = false;
        ReadOnlySpan<char> rest = _text.AsSpan(_at);
        bool named = rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!"));
        if (named)
        {
            captures = true;
            GroupName(rest[0] == 'P' ? 2 : 1);
            return true;
        }

        bool on = true;
        bool any = false;
        for (; !AtEnd; _at++)
        {
            switch (_text[_at])
            {
                case ':':
                    _at++;
                    return true;
                case ')' when any:
                    _at++;
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
                    string found = _text[start..Math.Min(_at + 1, _text.Length)];
                    throw new FormatException($"'{found}' is not part of RE2 (it has no lookaround, atomic groups, conditions or comments)");
            }

            any = true;
        }

        throw new FormatException("missing closing )");
    }

    private void GroupName(int skip)
    {
        int close = _text.IndexOf('>', _at);
        string name = close < 0 ? "" : _text[(_at + skip)..close];
        if (name.Length == 0 || !IsWord(name))
        {
            throw new FormatException("invalid named capture group");
        }

        if (!_names.Add(name))
        {
            throw new FormatException($"duplicate capture group name '{name}'");
        }

        _at = close + 1;
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
        if (_at + 1 >= _text.Length)
        {
            throw new FormatException("trailing \\");
        }

        switch (_text[_at + 1])
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
        if (TryClassEscape(set))
        {
            _out.Append(set.ToPattern(negated: false, flags.IgnoreCase));
            return set.Size;
        }

        return Literal(EscapedRune(), flags);
    }

    private long Plain(string written)
    {
        _at += 2;
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
        long size = Literal(NextRune(), flags);
        return AtQuoteEnd() ? Repetition(start, size, flags) : size;
    }

    private bool AtQuoteEnd()
    {
        if (!_text.AsSpan(_at).StartsWith(@"\E"))
        {
            return false;
        }

        _at += 2;
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

    private long Class(Flags flags)
    {
        int start = _at;
        _at++;
        bool negated = !AtEnd && _text[_at] == '^';
        if (negated)
        {
            _at++;
        }

        var set = new Re2ClassWriter();
        for (bool first = true; ; first = false)
        {
            if (AtEnd)
            {
                _at = start;
                throw new FormatException("missing closing ]");
            }

            if (_text[_at] == ']' && !first)
            {
                _at++;
                break;
            }

            if (TryPosixClass(set) || TryClassEscape(set))
            {
                continue;
            }

            int low = ClassRune();
            int high = low;
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                high = ClassRune();
            }

            if (high < low)
            {
                throw new FormatException("bad character class range");
            }

            set.Add(low, high);
        }

        _out.Append(set.ToPattern(negated, flags.IgnoreCase));
        return set.Size;
    }

    private int ClassRune()
    {
        if (AtEnd)
        {
            throw new FormatException("missing closing ]");
        }

        return _text[_at] == '\\' ? EscapedRune() : NextRune();
    }

    private bool TryPosixClass(Re2ClassWriter set)
    {
        if (!_text.AsSpan(_at).StartsWith("[:"))
        {
            return false;
        }

        int close = _text.IndexOf(":]", _at + 2, StringComparison.Ordinal);
        if (close < 0)
        {
            return false;
        }

        string name = _text[(_at + 2)..close];
        if (!set.TryAddPosix(name))
        {
            throw new FormatException($"invalid character class [:{name}:]");
        }

        _at = close + 2;
        return true;
    }

    /// <summary>Reads <c>\d</c> and its like, and Unicode categories.</summary>
    private bool TryClassEscape(Re2ClassWriter set)
    {
        if (_text[_at] != '\\' || _at + 1 >= _text.Length)
        {
            return false;
        }

        char kind = _text[_at + 1];
        if (set.TryAddPerl(kind))
        {
            _at += 2;
            return true;
        }

        if (kind is not ('p' or 'P'))
        {
            return false;
        }

        int start = _at + 2;
        string name;
        if (start < _text.Length && _text[start] == '{')
        {
            int close = _text.IndexOf('}', start);
            name = close < 0 ? "" : _text[(start + 1)..close];
            _at = close < 0 ? _at : close + 1;
        }
        else
        {
            name = start < _text.Length ? _text[start].ToString() : "";
            _at = start + name.Length;
        }

        bool negated = kind == 'P';
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if (!set.TryAddCategory(name, negated))
        {
            throw new FormatException($"character class \\p{{{name}}} is not supported (general categories are)");
        }

        return true;
    }

    private int NextRune()
    {
        int rune = char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length ? char.ConvertToUtf32(_text, _at) : _text[_at];
        _at += rune > char.MaxValue ? 2 : 1;
        return rune;
    }

    /// <summary>Reads an escape that stands for one character.</summary>
    private int EscapedRune()
    {
        if (_at + 1 >= _text.Length)
        {
            throw new FormatException("trailing \\");
        }

        char c = _text[_at + 1];
        _at += 2;
        switch (c)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return Hex();
            case >= '1' and <= '9' when c > '7' || AtEnd || _text[_at] is < '0' or > '7':
                throw new FormatException($"backreference \\{c} is not part of RE2");
            case >= '0' and <= '7':
                return Octal(c - '0');
            case < (char)0x80 when !char.IsAsciiLetterOrDigit(c) && c != '_':
                return c;
            default:
                throw new FormatException($"invalid escape sequence: \\{c}");
        }
    }

    private int Octal(int value)
    {
        for (int i = 0; i < 2 && !AtEnd && _text[_at] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (_text[_at++] - '0');
        }

        return value;
    }

    private int Hex()
    {
        int start = _at;
        int length = 2;
        if (!AtEnd && _text[_at] == '{')
        {
            int close = _text.IndexOf('}', _at);
            start = _at + 1;
            length = close - start;
            _at = close + 1;
        }
        else
        {
            _at += 2;
        }

        if (length is < 1 or > 8 || start + length > _text.Length
            || !uint.TryParse(_text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            || value > MaxRune || value is >= 0xD800 and <= 0xDFFF)
        {
            throw new FormatException("invalid escape sequence: \\x");
        }

        return (int)value;
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
