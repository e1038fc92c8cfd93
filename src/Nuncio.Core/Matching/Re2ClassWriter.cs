using System.Globalization;
using System.Text;

namespace Nuncio.Core.Matching;

/// <summary>Collects a character class of RE2 and spells it for .NET, every character escaped. Control plane; one per class.</summary>
internal sealed class Re2ClassWriter
{
    private static readonly string[] s_categories =
    [
        "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];

    private readonly StringBuilder _inside = new();

    /// <summary>Ranges collected: an estimate, from below, of the instructions that RE2 makes of them.</summary>
    internal int Size { get; private set; }

    /// <summary>One character outside a class.</summary>
    internal static string Spell(int rune)
    {
        if (rune < 0x80 && char.IsAsciiLetterOrDigit((char)rune))
        {
            return ((char)rune).ToString();
        }

        if (rune <= char.MaxValue)
        {
            return string.Create(CultureInfo.InvariantCulture, $"\\u{rune:X4}");
        }

        string pair = char.ConvertFromUtf32(rune);
        return string.Create(CultureInfo.InvariantCulture, $"\\u{(int)pair[0]:X4}\\u{(int)pair[1]:X4}");
    }

    /// <summary>Adds a range.</summary>
    internal void Add(int low, int high)
    {
        if (low > char.MaxValue)
        {
            throw new FormatException("characters above U+FFFF are not supported in a class");
        }

        Size++;
        _inside.Append(Spell(low));
        if (high > low)
        {
            // Above U+FFFF a character is two units of a class that reaches to the end.
            _inside.Append('-').Append(Spell(Math.Min(high, char.MaxValue)));
        }
    }

    /// <summary>Adds what <c>\d</c>, <c>\s</c> and <c>\w</c> mean in RE2, where they are ASCII, or their opposites.</summary>
    internal bool TryAddPerl(char kind)
    {
        switch (kind)
        {
            case 'd':
                return AddAll("09");
            case 'D':
                return AddAllBut("09");
            case 's':
                return AddAll("\t\n\f\r  ");
            case 'S':
                return AddAllBut("\t\n\f\r  ");
            case 'w':
                return AddAll("09AZ__az");
            case 'W':
                return AddAllBut("09AZ__az");
            default:
                return false;
        }
    }

    /// <summary>Adds a class such as <c>alpha</c>; with a leading <c>^</c> its opposite.</summary>
    internal bool TryAddPosix(string name)
    {
        string? ranges = name.TrimStart('^') switch
        {
            "alnum" => "09AZaz",
            "alpha" => "AZaz",
            "ascii" => "\0\x7F",
            "blank" => "\t\t  ",
            "cntrl" => "\0\x1F\x7F\x7F",
            "digit" => "09",
            "graph" => "!~",
            "lower" => "az",
            "print" => " ~",
            "punct" => "!/:@[`{~",
            "space" => "\t\r  ",
            "upper" => "AZ",
            "word" => "09AZ__az",
            "xdigit" => "09AFaf",
            _ => null,
        };
        if (ranges is null)
        {
            return false;
        }

        return name[0] == '^' ? AddAllBut(ranges) : AddAll(ranges);
    }

    /// <summary>Adds a Unicode general category.</summary>
    internal bool TryAddCategory(string name, bool negated)
    {
        if (Array.IndexOf(s_categories, name) < 0)
        {
            return false;
        }

        Size++;
        _inside.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
        return true;
    }

    /// <summary>The class in .NET's spelling.</summary>
    internal string ToPattern(bool negated, bool ignoreCase)
    {
        string text = $"[{(negated ? "^" : "")}{_inside}]";
        return ignoreCase ? $"(?i:{text})" : text;
    }

    private bool AddAll(string ranges)
    {
        for (int i = 0; i < ranges.Length; i += 2)
        {
            Add(ranges[i], ranges[i + 1]);
        }

        return true;
    }

    private bool AddAllBut(string ranges)
    {
        int next = 0;
        for (int i = 0; i < ranges.Length; i += 2)
        {
            if (ranges[i] > next)
            {
                Add(next, ranges[i] - 1);
            }

            next = ranges[i + 1] + 1;
        }

        Add(next, char.MaxValue);
        return true;
    }
}
