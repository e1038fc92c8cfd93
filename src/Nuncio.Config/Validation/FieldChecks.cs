using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Loading;
using Nuncio.Validate.V1;

namespace Nuncio.Config.Validation;

/// <summary>Single values against single rules. Stateless, any thread; each method answers what is wrong, or null.</summary>
internal static class FieldChecks
{
    // Patterns come from our own API files, so there are few of them and none is hostile.
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    /// <summary>The size of a list or map.</summary>
    public static string? Count(FieldRules rules, int count)
    {
        if (rules.HasMinItems && count < rules.MinItems)
        {
            return $"found {Items(count)}, expected at least {rules.MinItems}";
        }

        return rules.HasMaxItems && count > rules.MaxItems ? $"found {Items(count)}, expected at most {rules.MaxItems}" : null;
    }

    /// <summary>A scalar, the value of a wrapper, or a duration. Durations are never negative in a configuration.</summary>
    public static string? Value(FieldRules? rules, object value, FieldDescriptor field)
    {
        if (value is Duration duration)
        {
            decimal seconds = duration.Seconds + (duration.Nanos / 1_000_000_000m);
            return seconds < 0 ? $"found {Number(seconds)}s, expected a duration that is not negative"
                : rules is null ? null
                : Range(rules, seconds, "s");
        }

        return rules is null ? null : value switch
        {
            string text => Text(rules, text),
            bool flag when rules.HasConstBool && flag != rules.ConstBool =>
                $"found {Word(flag)}, expected {Word(rules.ConstBool)} or no such field",
            ByteString bytes => Length(rules, bytes.Length, "byte"),
            double number => double.IsFinite(number) && Math.Abs(number) < 1e28 ? Range(rules, (decimal)number, "") : NotFinite(rules, number),
            float number => float.IsFinite(number) && Math.Abs(number) < 1e28 ? Range(rules, (decimal)number, "") : NotFinite(rules, number),
            int or uint or long or ulong => Range(rules, Convert.ToDecimal(value, CultureInfo.InvariantCulture), ""),
            System.Enum => Enum(rules, Convert.ToInt32(value, CultureInfo.InvariantCulture), field.EnumType),
            _ => null,
        };
    }

    private static string? Enum(FieldRules rules, int number, EnumDescriptor type) =>
        rules.DefinedOnly && type.FindValueByNumber(number) is null
            ? $"found {number}, expected one of {string.Join(", ", type.Values.Select(static v => v.Name))}"
            : null;

    private static string? NotFinite(FieldRules rules, double number) =>
        rules.HasGt || rules.HasGte || rules.HasLt || rules.HasLte
            ? $"found {number.ToString(CultureInfo.InvariantCulture)}, expected {Bounds(rules, "")}"
            : null;

    private static string? Range(FieldRules rules, decimal value, string unit)
    {
        bool inside = (!rules.HasGt || value > (decimal)rules.Gt)
            && (!rules.HasGte || value >= (decimal)rules.Gte)
            && (!rules.HasLt || value < (decimal)rules.Lt)
            && (!rules.HasLte || value <= (decimal)rules.Lte);
        return inside ? null : $"found {Number(value)}{unit}, expected {Bounds(rules, unit)}";
    }

    private static string Bounds(FieldRules rules, string unit)
    {
        List<string> parts = [];
        if (rules.HasGt)
        {
            parts.Add($"more than {Number((decimal)rules.Gt)}{unit}");
        }

        if (rules.HasGte)
        {
            parts.Add($"at least {Number((decimal)rules.Gte)}{unit}");
        }

        if (rules.HasLt)
        {
            parts.Add($"less than {Number((decimal)rules.Lt)}{unit}");
        }

        if (rules.HasLte)
        {
            parts.Add($"at most {Number((decimal)rules.Lte)}{unit}");
        }

        return string.Join(" and ", parts);
    }

    private static string? Text(FieldRules rules, string text)
    {
        if ((rules.HasMinLen || rules.HasMaxLen) && Length(rules, text.EnumerateRunes().Count(), "character") is { } wrong)
        {
            return wrong;
        }

        if (rules.HasMaxBytes && Encoding.UTF8.GetByteCount(text) is var bytes && bytes > rules.MaxBytes)
        {
            return $"found {bytes} bytes, expected at most {rules.MaxBytes}";
        }

        if (rules.NoLineEnds && text.AsSpan().ContainsAny('\0', '\r', '\n'))
        {
            return $"found \"{ConfigNode.Shorten(text)}\", expected text without NUL, CR or LF, since it goes into a header";
        }

        if (rules.OneOf.Count > 0 && !rules.OneOf.Contains(text))
        {
            string names = string.Join(", ", rules.OneOf);
            return $"found \"{ConfigNode.Shorten(text)}\", expected one of {names}{NearestName.Suggest(text, rules.OneOf)}";
        }

        return rules.Pattern.Length > 0 && !PatternOf(rules.Pattern).IsMatch(text)
            ? $"found \"{ConfigNode.Shorten(text)}\", expected text that matches {rules.Pattern}"
            : null;
    }

    private static string? Length(FieldRules rules, int length, string unit)
    {
        if (rules.HasMinLen && length < rules.MinLen)
        {
            return length == 0 ? "found an empty text, expected some text" : $"found {length} {unit}s, expected at least {rules.MinLen}";
        }

        return rules.HasMaxLen && length > rules.MaxLen ? $"found {length} {unit}s, expected at most {rules.MaxLen}" : null;
    }

    // RE2's $ is the end of the text; .NET's also stands before a last line feed.
    private static Regex PatternOf(string pattern) => Patterns.GetOrAdd(pattern, static p => new Regex(
        p.EndsWith('$') ? p[..^1] + "\\z" : p,
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static string Word(bool flag) => flag ? "true" : "false";

    private static string Items(int count) => count switch { 0 => "no items", 1 => "1 item", _ => $"{count} items" };
}
