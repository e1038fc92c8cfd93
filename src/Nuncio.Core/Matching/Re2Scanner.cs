using System.Globalization;

namespace Nuncio.Core.Matching;

/// <summary>
/// Reads the smallest parts of an RE2 pattern: characters, escapes that stand for one, repetition operators. Control plane; one per
/// pattern. A part that RE2 does not have is a <see cref="FormatException"/>.
/// </summary>
internal sealed class Re2Scanner(string text)
{
    private const int MaxRepeat = 1000;
    private const int MaxRune = 0x10FFFF;

    /// <summary>The pattern.</summary>
    internal string Text { get; } = text;

    /// <summary>Where the next part begins.</summary>
    internal int At { get; set; }

    /// <summary>Whether nothing is left.</summary>
    internal bool AtEnd => At >= Text.Length;

    /// <summary>The next character.</summary>
    internal char Next => Text[At];

    /// <summary>What is left.</summary>
    internal ReadOnlySpan<char> Rest => Text.AsSpan(At);

    /// <summary>Reads one character.</summary>
    internal int NextRune()
    {
        int rune = At + 1 < Text.Length && char.IsSurrogatePair(Text, At) ? char.ConvertToUtf32(Text, At) : Text[At];
        At += rune > char.MaxValue ? 2 : 1;
        return rune;
    }

    /// <summary>Reads an escape that stands for one character.</summary>
    internal int EscapedRune()
    {
        if (At + 1 >= Text.Length)
        {
            throw new FormatException("trailing \\");
        }

        char c = Text[At + 1];
        At += 2;
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
            case >= '1' and <= '9' when c > '7' || AtEnd || Text[At] is < '0' or > '7':
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
        for (int i = 0; i < 2 && !AtEnd && Text[At] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (Text[At++] - '0');
        }

        return value;
    }

    private int Hex()
    {
        int start = At;
        int length = 2;
        if (!AtEnd && Text[At] == '{')
        {
            int close = Text.IndexOf('}', At);
            start = At + 1;
            length = close - start;
            At = close + 1;
        }
        else
        {
            At += 2;
        }

        if (length is < 1 or > 8 || start + length > Text.Length
            || !uint.TryParse(Text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            || value > MaxRune || value is >= 0xD800 and <= 0xDFFF)
        {
            throw new FormatException("invalid escape sequence: \\x");
        }

        return (int)value;
    }

    /// <summary>Reads a repetition operator if there is one; <paramref name="max"/> below 0 is without end.</summary>
    internal bool TryRepeat(out int min, out int max)
    {
        (min, max) = (0, -1);
        switch (Text[At])
        {
            case '*':
                At++;
                return true;
            case '+':
                At++;
                min = 1;
                return true;
            case '?':
                At++;
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
        int close = Text.IndexOf('}', At);
        if (close < 0)
        {
            return false;
        }

        // Anything but {n}, {n,} and {n,m} is literal text in RE2.
        ReadOnlySpan<char> inside = Text.AsSpan(At + 1, close - At - 1);
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

        At = close + 1;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static int CountOf(ReadOnlySpan<char> text) =>
        text.Length <= 6 ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : MaxRepeat + 1;
}
