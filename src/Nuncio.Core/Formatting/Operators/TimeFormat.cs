using System.Text;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// A strftime format, compiled: the specifiers of POSIX that mean something without a locale, Envoy's own <c>%s</c> (seconds since
/// 1970) and <c>%f</c>, <c>%1f</c> to <c>%9f</c>, <c>%*f</c> (fraction of the second), and <c>%E3S</c>, <c>%E*S</c>, <c>%E3f</c>,
/// <c>%E*f</c>, <c>%Ez</c>, <c>%E4Y</c>. Immutable; any thread.
/// </summary>
internal sealed class TimeFormat
{
    private const int MostParts = 256;
    private const int WithoutTrailingZeros = -1;

    private readonly Part[] _parts;

    private TimeFormat(Part[] parts) => _parts = parts;

    /// <summary>Compiles a format; null after an error.</summary>
    internal static TimeFormat? TryParse(string text, out string? error)
    {
        List<Part> parts = [];
        StringBuilder literal = new();
        error = null;
        for (int at = 0; at < text.Length && error is null;)
        {
            if (text[at] != '%')
            {
                literal.Append(text[at++]);
                continue;
            }

            int start = at++;
            error = ParseSpecifier(text, start, ref at, literal, parts);
        }

        FlushLiteral(literal, parts);
        if (parts.Count > MostParts)
        {
            error ??= $"time format has more than {MostParts} parts";
        }

        return error is null ? new TimeFormat([.. parts]) : null;
    }

    internal void Append(long utcTicks, TimeSpan offset, ByteWriter into)
    {
        var time = new DateTime(utcTicks + offset.Ticks, DateTimeKind.Utc);
        foreach (ref readonly Part part in _parts.AsSpan())
        {
            TimeField.Append(part, time, utcTicks, offset, into);
        }
    }

    private static string? ParseSpecifier(string text, int start, ref int at, StringBuilder literal, List<Part> parts)
    {
        bool extended = at < text.Length && text[at] == 'E';
        at += extended ? 1 : 0;
        int digits = 0;
        bool counted = at < text.Length && (text[at] == '*' || text[at] is >= '1' and <= '9');
        if (counted)
        {
            digits = text[at] == '*' ? WithoutTrailingZeros : text[at] - '0';
            at++;
        }

        char letter = at < text.Length ? text[at++] : '\0';
        switch (letter)
        {
            case '%' when !extended && !counted:
                literal.Append('%');
                return null;
            case 't' when !extended && !counted:
                literal.Append('\t');
                return null;
            case 'n' when !extended && !counted:
                return "time format has %n: a line end may not stand in a log line or header";
            case 'f':
                return Add(new Part(TimeFieldKind.Fraction, counted ? digits : 9, null), literal, parts);
            case 'S' when extended && counted:
                return Add(new Part(TimeFieldKind.SecondsAndFraction, digits, null), literal, parts);
            case 'z' when extended:
                return Add(new Part(TimeFieldKind.OffsetWithColon, 0, null), literal, parts);
            case 'Y' when extended && digits == 4:
                return Add(new Part(TimeFieldKind.Year, 0, null), literal, parts);
            default:
                // "%E" and "%O" before the others ask for a locale's own digits and eras; there is one locale.
                TimeFieldKind? kind = counted ? null : TimeField.Find(letter == 'O' && at < text.Length ? text[at++] : letter);
                return kind is { } found
                    ? Add(new Part(found, 0, null), literal, parts)
                    : $"time format \"{text}\" has the unknown specifier \"{text[start..at]}\"";
        }
    }

    private static string? Add(Part part, StringBuilder literal, List<Part> parts)
    {
        FlushLiteral(literal, parts);
        parts.Add(part);
        return null;
    }

    private static void FlushLiteral(StringBuilder literal, List<Part> parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new Part(TimeFieldKind.Literal, 0, Encoding.UTF8.GetBytes(literal.ToString())));
            literal.Clear();
        }
    }

    /// <summary>One piece of the format.</summary>
    internal readonly record struct Part(TimeFieldKind Kind, int Digits, byte[]? Literal);
}
