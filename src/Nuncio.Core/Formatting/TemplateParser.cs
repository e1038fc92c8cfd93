using System.Text;
using Nuncio.Core.Formatting.Operators;

namespace Nuncio.Core.Formatting;

/// <summary>Cuts a template into literals and operators. Control plane; stateless.</summary>
internal static class TemplateParser
{
    /// <summary>Longest template taken, so that a hostile configuration costs no more than its own size.</summary>
    internal const int MaxLength = 64 * 1024;

    /// <summary>Compiles <paramref name="text"/>; null when it was right, else what was wrong.</summary>
    internal static string? Parse(string text, FormatterOptions options, List<FormatOperator> into)
    {
        if (text.Length > MaxLength)
        {
            return $"format string has {text.Length} characters, at most {MaxLength} are taken";
        }

        StringBuilder literal = new();
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] != '%')
            {
                literal.Append(text[at++]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                literal.Append('%');
                at += 2;
                continue;
            }

            Flush(literal, into);
            string? error = ParseOperator(text, options, ref at, into);
            if (error is not null)
            {
                return error;
            }
        }

        Flush(literal, into);
        return null;
    }

    private static string? ParseOperator(string text, FormatterOptions options, ref int at, List<FormatOperator> into)
    {
        int start = at + 1;
        int end = start;
        while (end < text.Length && (char.IsAsciiLetterUpper(text[end]) || char.IsAsciiDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        string name = text[start..end];
        string argument = "";
        int? length = null;
        int close = end;
        if (name.Length == 0 || !TryFindEnd(text, end, ref argument, ref length, out close))
        {
            return $"no valid operator at position {at} of format string \"{Shorten(text)}\": "
                + "expected %NAME%, %NAME(ARGUMENT)% or %NAME(ARGUMENT):LENGTH%, and %% for a percent sign";
        }

        FormatOperator? made = OperatorTable.Create(name, new OperatorArguments(argument, length, options), out string? error);
        if (made is null)
        {
            return error;
        }

        into.Add(made);
        at = close + 1;
        return null;
    }

    /// <summary>
    /// From behind the name: an optional argument, an optional length, the closing percent sign. An argument ends at the first
    /// closing bracket that is followed by the rest of an operator, so it may hold brackets and percent signs itself.
    /// </summary>
    private static bool TryFindEnd(string text, int from, ref string argument, ref int? length, out int close)
    {
        if (from < text.Length && text[from] == '(')
        {
            for (int bracket = text.IndexOf(')', from); bracket >= 0; bracket = text.IndexOf(')', bracket + 1))
            {
                if (TryFindTail(text, bracket + 1, ref length, out close))
                {
                    argument = text[(from + 1)..bracket];
                    return true;
                }
            }

            close = from;
            return false;
        }

        return TryFindTail(text, from, ref length, out close);
    }

    private static bool TryFindTail(string text, int from, ref int? length, out int close)
    {
        close = from;
        if (close < text.Length && text[close] == ':')
        {
            int digits = ++close;
            long number = 0;
            while (close < text.Length && char.IsAsciiDigit(text[close]))
            {
                number = Math.Min(int.MaxValue, (number * 10) + (text[close++] - '0'));
            }

            if (close == digits || close == text.Length || text[close] != '%')
            {
                return false;
            }

            length = (int)number;
            return true;
        }

        return close < text.Length && text[close] == '%';
    }

    private static void Flush(StringBuilder literal, List<FormatOperator> into)
    {
        if (literal.Length > 0)
        {
            into.Add(new LiteralOperator(Encoding.UTF8.GetBytes(literal.ToString())));
            literal.Clear();
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
