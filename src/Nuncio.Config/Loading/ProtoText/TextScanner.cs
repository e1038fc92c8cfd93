using System.Globalization;
using System.Numerics;
using System.Text;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading.ProtoText;

/// <summary>
/// Cuts protobuf's text form into tokens, by https://protobuf.dev/reference/protobuf/textformat-spec/: comments from <c>#</c> to the
/// end of the line, texts in either quotes with C's escapes, numbers in decimal, octal and hexadecimal. One per source.
/// </summary>
internal sealed class TextScanner(string text, string source)
{
    private int _at;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The next token. Throws <see cref="SourceFault"/> where there is none.</summary>
    public TextToken Next()
    {
        SkipBlanks();
        SourcePosition position = Here();
        if (_at == text.Length)
        {
            return new TextToken(TextTokenKind.End, position, "", []);
        }

        char c = text[_at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            return new TextToken(TextTokenKind.Name, position, Word(), []);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            return new TextToken(TextTokenKind.Number, position, Number(position), []);
        }

        if (c is '"' or '\'')
        {
            return new TextToken(TextTokenKind.Text, position, "", Quoted(position, c));
        }

        Step();
        return new TextToken(TextTokenKind.Symbol, position, c.ToString(), []);
    }

    private SourcePosition Here() => new(source, _line, _column);

    private void Step()
    {
        char c = text[_at++];
        if (c == '\n')
        {
            _line++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(c))
        {
            _column++;
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '#')
            {
                while (_at < text.Length && text[_at] != '\n')
                {
                    Step();
                }
            }
            else if (text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                Step();
            }
            else
            {
                return;
            }
        }
    }

    private string Word()
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            Step();
        }

        return text[start.._at];
    }

    private string Number(SourcePosition position)
    {
        int start = _at;
        bool isHex = text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X';
        while (_at < text.Length && IsInNumber(text[_at], text[_at - (_at > start ? 1 : 0)], isHex))
        {
            Step();
        }

        string word = text[start.._at];
        return Decimal(word) ?? throw new SourceFault(position, $"found \"{ConfigNode.Shorten(word)}\", expected a number");
    }

    // Letters belong to the number, so that "12ab" is one wrong number rather than a number and a name.
    private static bool IsInNumber(char c, char before, bool isHex) =>
        char.IsAsciiLetterOrDigit(c) || c is '_' or '.' || (c is '+' or '-' && before is 'e' or 'E' && !isHex);

    private static string? Decimal(string word)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            // A zero in front: the most significant bit is no sign.
            return BigInteger.TryParse("0" + word[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger hex)
                && word.Length is > 2 and <= 66
                ? hex.ToString(CultureInfo.InvariantCulture)
                : null;
        }

        if (word.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return word.Length > 1 && word[0] == '0' ? Octal(word) : word;
        }

        string plain = word[^1] is 'f' or 'F' ? word[..^1] : word;
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain, Styles, CultureInfo.InvariantCulture, out _) ? plain : null;
    }

    private static string? Octal(string word)
    {
        UInt128 value = 0;
        foreach (char digit in word)
        {
            if (digit > '7' || value > UInt128.MaxValue >> 3)
            {
                return null;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private byte[] Quoted(SourcePosition start, char quote)
    {
        List<byte> bytes = [];
        Span<byte> utf8 = stackalloc byte[4];
        Step();
        while (true)
        {
            if (_at == text.Length || text[_at] == '\n')
            {
                throw new SourceFault(start, "found a text without its closing quote on the same line");
            }

            if (text[_at] == quote)
            {
                Step();
                return [.. bytes];
            }

            if (text[_at] == '\\')
            {
                Escape(bytes);
                continue;
            }

            // The source is valid UTF-8, so there is a whole character.
            Rune.DecodeFromUtf16(text.AsSpan(_at), out Rune rune, out int used);
            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            for (int i = 0; i < used; i++)
            {
                Step();
            }
        }
    }

    private void Escape(List<byte> bytes)
    {
        SourcePosition position = Here();
        Step();
        char c = _at < text.Length ? text[_at] : '\n';
        const string Simple = "abfnrtv?\\'\"";
        const string Meaning = "\a\b\f\n\r\t\v?\\'\"";
        if (Simple.IndexOf(c, StringComparison.Ordinal) is >= 0 and int index)
        {
            Step();
            bytes.Add((byte)Meaning[index]);
        }
        else if (c is >= '0' and <= '7')
        {
            uint value = Digits(8, 3, out _);
            bytes.Add(value <= byte.MaxValue ? (byte)value : throw Bad(position));
        }
        else if (c is 'x' or 'X')
        {
            Step();
            uint value = Digits(16, 2, out int count);
            bytes.Add(count > 0 ? (byte)value : throw Bad(position));
        }
        else if (c is 'u' or 'U')
        {
            Step();
            uint value = Digits(16, c == 'u' ? 4 : 8, out int count);
            Span<byte> utf8 = stackalloc byte[4];
            if (count != (c == 'u' ? 4 : 8) || !Rune.TryCreate(value, out Rune rune))
            {
                throw Bad(position);
            }

            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        }
        else
        {
            throw Bad(position);
        }
    }

    private static SourceFault Bad(SourcePosition position) =>
        new(position, "found a bad escape, expected one of \\a \\b \\f \\n \\r \\t \\v \\? \\\\ \\' \\\", \\ooo, \\xhh, \\uhhhh, \\Uhhhhhhhh");

    private uint Digits(uint radix, int most, out int count)
    {
        uint value = 0;
        for (count = 0; count < most && _at < text.Length && char.IsAsciiHexDigit(text[_at]); count++)
        {
            uint digit = (uint)Convert.ToInt32(text[_at].ToString(), 16);
            if (digit >= radix)
            {
                break;
            }

            value = (value * radix) + digit;
            Step();
        }

        return value;
    }
}
