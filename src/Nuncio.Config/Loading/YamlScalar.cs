using System.Globalization;

namespace Nuncio.Config.Loading;

/// <summary>
/// What a plain YAML scalar means. Envoy does not follow the YAML core schema: it tries yaml-cpp's bool (with yes, no, on
/// and off), then a 64-bit integer with C prefixes (0x, leading 0 for octal), and leaves everything else, fractions
/// included, as text for the field's type to read. Integers over 32 bits become text too, because a JSON number could not
/// carry them. We do the same, so that a file means the same to both.
/// </summary>
internal static class YamlScalar
{
    /// <summary>The kind of a plain scalar, and its text in one spelling: decimal, or true and false.</summary>
    public static ConfigNodeKind Resolve(string plain, out string text)
    {
        text = plain;
        if (plain is "" or "~" or "null" or "Null" or "NULL")
        {
            return ConfigNodeKind.Null;
        }

        if (TryBool(plain, out bool value))
        {
            text = value ? "true" : "false";
            return ConfigNodeKind.Bool;
        }

        if (TryInteger(plain, out long number))
        {
            text = number.ToString(CultureInfo.InvariantCulture);
            return number is >= int.MinValue and <= int.MaxValue ? ConfigNodeKind.Number : ConfigNodeKind.Text;
        }

        return ConfigNodeKind.Text;
    }

    private static bool TryBool(string plain, out bool value)
    {
        value = false;
        if (plain.Length > 5 || !IsOneCase(plain))
        {
            return false;
        }

        switch (plain.ToUpperInvariant())
        {
            case "Y" or "YES" or "TRUE" or "ON":
                value = true;
                return true;
            case "N" or "NO" or "FALSE" or "OFF":
                return true;
            default:
                return false;
        }
    }

    // yes, Yes and YES are bools; yEs is text.
    private static bool IsOneCase(string plain)
    {
        ReadOnlySpan<char> rest = plain.AsSpan(1);
        bool lower = !rest.ContainsAnyExceptInRange('a', 'z');
        bool upper = !rest.ContainsAnyExceptInRange('A', 'Z');
        return char.IsAsciiLetter(plain[0]) && (lower || (upper && char.IsAsciiLetterUpper(plain[0])));
    }

    private static bool TryInteger(string plain, out long number)
    {
        number = 0;
        ReadOnlySpan<char> digits = plain;
        bool negative = digits[0] == '-';
        if (digits[0] is '-' or '+')
        {
            digits = digits[1..];
        }

        int radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            radix = 16;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        if (digits.IsEmpty)
        {
            return false;
        }

        Int128 sum = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
            {
                return false;
            }

            sum = (sum * radix) + digit;
            if (sum > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        sum = negative ? -sum : sum;
        number = (long)Int128.Clamp(sum, long.MinValue, long.MaxValue);
        return number == sum;
    }
}
