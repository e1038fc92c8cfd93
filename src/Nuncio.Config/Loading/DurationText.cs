using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Nuncio.Config.Loading;

/// <summary>
/// Durations as protobuf's JSON writes them: seconds with at most nine decimals and an <c>s</c>
/// (https://protobuf.dev/programming-guides/json/). Stateless.
/// </summary>
public static class DurationText
{
    // The bound of google.protobuf.Duration: ten thousand years.
    private const long MaxSeconds = 315_576_000_000;

    private static readonly Dictionary<string, decimal> Units = new()
    {
        ["ns"] = 0.000000001m,
        ["us"] = 0.000001m,
        ["ms"] = 0.001m,
        ["s"] = 1m,
        [""] = 1m,
        ["m"] = 60m,
        ["min"] = 60m,
        ["h"] = 3600m,
        ["d"] = 86400m,
    };

    /// <summary>Reads a duration such as <c>0.25s</c>.</summary>
    public static bool TryParse(string text, out Duration? duration)
    {
        duration = null;
        if (!text.EndsWith('s') || !TryDecimal(text.AsSpan(0, text.Length - 1), out decimal value))
        {
            return false;
        }

        return TryCreate((long)decimal.Truncate(value), (int)(decimal.Remainder(value, 1m) * 1_000_000_000m), out duration);
    }

    /// <summary>A duration of the given parts, when they are in range and of one sign.</summary>
    public static bool TryCreate(long seconds, int nanos, out Duration? duration)
    {
        duration = null;
        if (seconds is < -MaxSeconds or > MaxSeconds || nanos is < -999_999_999 or > 999_999_999
            || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
        {
            return false;
        }

        duration = new Duration { Seconds = seconds, Nanos = nanos };
        return true;
    }

    /// <summary>What the user probably meant, such as <c>300s</c> for <c>5m</c>; null when that cannot be told.</summary>
    public static string? Guess(string text)
    {
        int cut = text.AsSpan().IndexOfAnyExcept("0123456789.");
        cut = cut < 0 ? text.Length : cut;
        string unit = text[cut..].Trim().ToLowerInvariant();
        if (cut is 0 or > 12 || !Units.TryGetValue(unit, out decimal factor) || !TryDecimal(text.AsSpan(0, cut), out decimal value))
        {
            return null;
        }

        return (value * factor).ToString("0.#########", CultureInfo.InvariantCulture) + "s";
    }

    private static bool TryDecimal(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        int point = text.IndexOf('.');
        return text.Length <= 32
            && (point < 0 || text.Length - point - 1 is > 0 and <= 9)
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && Math.Abs(value) <= MaxSeconds;
    }
}
