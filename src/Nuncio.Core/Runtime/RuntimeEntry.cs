namespace Nuncio.Core.Runtime;

/// <summary>
/// One runtime value, read the ways Envoy reads it: a number is also an integer and, when it is one, a boolean; a text is a
/// number when it spells one. Immutable; any thread.
/// </summary>
public sealed class RuntimeEntry
{
    private RuntimeEntry(string text) => Text = text;

    /// <summary>The value as it was written.</summary>
    public string Text { get; }

    /// <summary>The value as an integer, fractions cut off; null when it is no number from 0 to 2^64.</summary>
    public ulong? Integer { get; private init; }

    /// <summary>The value as a number.</summary>
    public double? Number { get; private init; }

    /// <summary>The value as a boolean.</summary>
    public bool? Boolean { get; private init; }

    /// <summary>The value as a share.</summary>
    public FractionalPercent? Fraction { get; private init; }

    /// <summary>A number.</summary>
    public static RuntimeEntry FromNumber(double value, string text) => new(text)
    {
        Number = value,
        Integer = value is >= 0 and < 18446744073709551616.0 ? (ulong)value : null,
        Boolean = Math.Abs(value) < int.MaxValue && Math.Truncate(value) == value ? value != 0 : null,
    };

    /// <summary>A boolean.</summary>
    public static RuntimeEntry FromBoolean(bool value) => new(value ? "true" : "false") { Boolean = value };

    /// <summary>A share of 100, 10,000 or 1,000,000.</summary>
    public static RuntimeEntry FromFraction(FractionalPercent value, string text) => new(text) { Fraction = value };

    /// <summary>A text, which may spell a number.</summary>
    public static RuntimeEntry FromText(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double number)
            ? FromNumber(number, text)
            : new RuntimeEntry(text);

    /// <summary>A text an operator typed: <c>true</c> and <c>false</c> are booleans.</summary>
    public static RuntimeEntry FromOperator(string text) => text switch
    {
        "true" => FromBoolean(true),
        "false" => FromBoolean(false),
        _ => FromText(text),
    };
}
