namespace Nuncio.Core.Matching;

/// <summary>
/// Reads character classes of RE2: in brackets, POSIX names inside them, <c>\d</c> and its like, Unicode categories. Stateless.
/// </summary>
internal static class Re2ClassReader
{
    /// <summary>Reads a class in brackets.</summary>
    internal static void Bracketed(Re2Scanner scan, Re2ClassWriter set, out bool negated)
    {
        int start = scan.At;
        scan.At++;
        negated = !scan.AtEnd && scan.Next == '^';
        if (negated)
        {
            scan.At++;
        }

        for (bool first = true; ; first = false)
        {
            if (scan.AtEnd)
            {
                scan.At = start;
                throw new FormatException("missing closing ]");
            }

            if (scan.Next == ']' && !first)
            {
                scan.At++;
                return;
            }

            if (TryPosix(scan, set) || TryEscape(scan, set))
            {
                continue;
            }

            int low = Rune(scan);
            int high = low;
            if (scan.At + 1 < scan.Text.Length && scan.Next == '-' && scan.Text[scan.At + 1] != ']')
            {
                scan.At++;
                high = Rune(scan);
            }

            if (high < low)
            {
                throw new FormatException("bad character class range");
            }

            set.Add(low, high);
        }
    }

    private static int Rune(Re2Scanner scan)
    {
        if (scan.AtEnd)
        {
            throw new FormatException("missing closing ]");
        }

        return scan.Next == '\\' ? scan.EscapedRune() : scan.NextRune();
    }

    private static bool TryPosix(Re2Scanner scan, Re2ClassWriter set)
    {
        if (!scan.Rest.StartsWith("[:"))
        {
            return false;
        }

        int close = scan.Text.IndexOf(":]", scan.At + 2, StringComparison.Ordinal);
        if (close < 0)
        {
            return false;
        }

        string name = scan.Text[(scan.At + 2)..close];
        if (!set.TryAddPosix(name))
        {
            throw new FormatException($"invalid character class [:{name}:]");
        }

        scan.At = close + 2;
        return true;
    }

    /// <summary>Reads <c>\d</c> and its like, and Unicode categories.</summary>
    internal static bool TryEscape(Re2Scanner scan, Re2ClassWriter set)
    {
        if (scan.Next != '\\' || scan.At + 1 >= scan.Text.Length)
        {
            return false;
        }

        char kind = scan.Text[scan.At + 1];
        if (set.TryAddPerl(kind))
        {
            scan.At += 2;
            return true;
        }

        if (kind is not ('p' or 'P'))
        {
            return false;
        }

        int start = scan.At + 2;
        string name;
        if (start < scan.Text.Length && scan.Text[start] == '{')
        {
            int close = scan.Text.IndexOf('}', start);
            name = close < 0 ? "" : scan.Text[(start + 1)..close];
            scan.At = close < 0 ? scan.At : close + 1;
        }
        else
        {
            name = start < scan.Text.Length ? scan.Text[start].ToString() : "";
            scan.At = start + name.Length;
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
}
