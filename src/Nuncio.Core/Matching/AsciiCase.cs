namespace Nuncio.Core.Matching;

/// <summary>
/// Comparison that ignores the case of ASCII letters and leaves all other bytes alone (unlike <see cref="System.Text.Ascii"/>,
/// which calls every text with another byte in it unequal). One side is always in lower case already. Stateless; any thread.
/// </summary>
internal static class AsciiCase
{
    /// <summary>The lower-case form of a byte.</summary>
    internal static byte Lower(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    /// <summary>A copy in lower case.</summary>
    internal static byte[] ToLower(ReadOnlySpan<byte> text)
    {
        byte[] lower = new byte[text.Length];
        Lower(text, lower);
        return lower;
    }

    /// <summary>Copies in lower case.</summary>
    internal static void Lower(ReadOnlySpan<byte> text, Span<byte> into)
    {
        into = into[..text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            into[i] = Lower(text[i]);
        }
    }

    /// <summary>Whether both are the same.</summary>
    internal static bool EqualsLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length == lower.Length && StartsWithLower(text, lower);

    /// <summary>Whether the text begins so.</summary>
    internal static bool StartsWithLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length < lower.Length)
        {
            return false;
        }

        for (int i = 0; i < lower.Length; i++)
        {
            if (Lower(text[i]) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text ends so.</summary>
    internal static bool EndsWithLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && StartsWithLower(text[^lower.Length..], lower);

    /// <summary>Whether the text holds this.</summary>
    internal static bool ContainsLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (lower.IsEmpty)
        {
            return true;
        }

        byte first = lower[0];
        byte upper = (uint)(first - 'a') <= 'z' - 'a' ? (byte)(first & ~0x20) : first;
        while (text.Length >= lower.Length)
        {
            int at = text[..(text.Length - lower.Length + 1)].IndexOfAny(first, upper);
            if (at < 0)
            {
                return false;
            }

            text = text[at..];
            if (StartsWithLower(text, lower))
            {
                return true;
            }

            text = text[1..];
        }

        return false;
    }
}
