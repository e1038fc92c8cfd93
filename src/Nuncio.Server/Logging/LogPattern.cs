using System.Globalization;
using System.Text;

namespace Nuncio.Server.Logging;

/// <summary>
/// How a line looks: the part of spdlog's pattern syntax that Envoy's users write. Immutable; any thread.
/// </summary>
/// <remarks>
/// <c>%v</c> message, <c>%_</c> message with line ends escaped, <c>%j %+</c> message as the inside of a JSON string, <c>%*</c> its tags, of which there are none, <c>%l</c> level,
/// <c>%L</c> its letter, <c>%n</c> logger, <c>%t</c> thread, <c>%P</c> process, <c>%g %s %!</c> name of the event and <c>%#</c> its
/// number (a source file says nothing to an operator, and changes), <c>%Y %C %m %d %H %I %M %S %e %f %F %T %D %R %p %z %E %a %b</c>
/// the time, <c>%%</c> a percent sign. Colour ranges (<c>%^ %$</c>) are dropped, anything else stays as it is.
/// </remarks>
public sealed class LogPattern
{
    /// <summary>The pattern when none is given.</summary>
    public const string Default = "[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v";

    private readonly string _pattern;
    private readonly bool _escapes;

    /// <summary>A pattern; <paramref name="escapeMessages"/> writes control characters in <c>%v</c> as escapes.</summary>
    public LogPattern(string pattern, bool escapeMessages)
    {
        _pattern = pattern;
        _escapes = escapeMessages;
    }

    /// <summary>Appends the line of a record, its end included.</summary>
    internal void Append(StringBuilder line, in LogRecord record, TimeZoneInfo zone)
    {
        var utc = new DateTime(record.UtcTicks, DateTimeKind.Utc);
        var time = new DateTimeOffset(utc).ToOffset(zone.GetUtcOffset(utc));
        for (int i = 0; i < _pattern.Length; i++)
        {
            if (_pattern[i] != '%' || i + 1 == _pattern.Length)
            {
                line.Append(_pattern[i]);
                continue;
            }

            i++;
            if (!AppendFlag(line, _pattern[i], record) && !AppendTime(line, _pattern[i], time))
            {
                line.Append('%').Append(_pattern[i]);
            }
        }

        line.Append('\n');
    }

    private bool AppendFlag(StringBuilder line, char flag, in LogRecord record)
    {
        switch (flag)
        {
            case 'v':
                AppendMessage(line, record.Message, _escapes);
                return true;
            case '_':
                AppendMessage(line, record.Message, escape: true);
                return true;
            case 'j' or '+':
                line.Append(System.Text.Json.JsonEncodedText.Encode(record.Message).Value);
                return true;
            case 'l':
                line.Append(LogLevelNames.Of(record.Level));
                return true;
            case 'L':
                line.Append(char.ToUpperInvariant(LogLevelNames.Of(record.Level)[0]));
                return true;
            case 'n':
                line.Append(record.Component);
                return true;
            case 't':
                line.Append(record.ThreadId);
                return true;
            case 'P':
                line.Append(Environment.ProcessId);
                return true;
            case 'g' or 's' or '!':
                line.Append(record.Event.Name);
                return true;
            case '#':
                line.Append(record.Event.Id);
                return true;
            case '%':
                line.Append('%');
                return true;
            case '^' or '$' or '*':
                return true;
            default:
                return false;
        }
    }

    private static bool AppendTime(StringBuilder line, char flag, DateTimeOffset time)
    {
        string? format = flag switch
        {
            'Y' => "yyyy",
            'C' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'e' => "fff",
            'f' => "ffffff",
            'F' => "fffffff00",
            'T' => "HH:mm:ss",
            'R' => "HH:mm",
            'D' => "MM/dd/yy",
            'p' => "tt",
            'z' => "zzz",
            'a' => "ddd",
            'b' => "MMM",
            _ => null,
        };
        if (format is not null)
        {
            // A single letter would be one of the standard formats.
            line.Append(time.ToString(format, CultureInfo.InvariantCulture));
            return true;
        }

        if (flag != 'E')
        {
            return false;
        }

        line.Append(time.ToUnixTimeSeconds());
        return true;
    }

    private static void AppendMessage(StringBuilder line, string message, bool escape)
    {
        if (!escape)
        {
            line.Append(message);
            return;
        }

        foreach (char c in message)
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                '\v' => line.Append("\\v"),
                '\a' => line.Append("\\a"),
                '\b' => line.Append("\\b"),
                '\f' => line.Append("\\f"),
                '\0' => line.Append("\\0"),
                _ => line.Append(c),
            };
        }
    }
}
