using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Nuncio.Config.Loading;

/// <summary>
/// Values of scalar and enum fields as protobuf's JSON mapping reads them, with the leniencies Envoy's loader has: enum
/// names in any case with <c>-</c> for <c>_</c>, and bools as text. Stateless; a null result means "not that", and
/// <see cref="Expectation"/> says what it should have been.
/// </summary>
internal static class ScalarReader
{
    /// <summary>The boxed value of <paramref name="node"/> for a field of that type; null when it is none.</summary>
    public static object? Read(FieldDescriptor field, ConfigNode node)
    {
        if (field.FieldType == FieldType.Enum)
        {
            return ReadEnum(field.EnumType, node);
        }

        return Read(field.FieldType, node);
    }

    /// <summary>The same for a type that is no enum.</summary>
    public static object? Read(FieldType type, ConfigNode node) => type switch
    {
        FieldType.String => node.Kind == ConfigNodeKind.Text ? node.Text : null,
        FieldType.Bool => ReadBool(node),
        FieldType.Bytes => ReadBytes(node),
        FieldType.Double => ReadDouble(node),
        FieldType.Float => ReadDouble(node) is { } d && (!double.IsFinite(d) || float.IsFinite((float)d)) ? (float)d : null,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => ReadInteger(node, int.MinValue, int.MaxValue) is { } n ? (int)n : null,
        FieldType.UInt32 or FieldType.Fixed32 => ReadInteger(node, 0, uint.MaxValue) is { } n ? (uint)n : null,
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => ReadInteger(node, long.MinValue, long.MaxValue) is { } n ? (long)n : null,
        FieldType.UInt64 or FieldType.Fixed64 => ReadInteger(node, 0, ulong.MaxValue) is { } n ? (ulong)n : null,
        _ => null,
    };

    /// <summary>What a value for the field looks like, for "expected ...".</summary>
    public static string Expectation(FieldDescriptor field, ConfigNode node)
    {
        if (field.FieldType != FieldType.Enum)
        {
            return Expectation(field.FieldType, node);
        }

        IEnumerable<string> names = field.EnumType.Values.Select(static v => v.Name);
        string suggestion = node.Kind == ConfigNodeKind.Text ? NearestName.Suggest(node.Text, names) : "";
        return "one of " + string.Join(", ", names) + suggestion;
    }

    /// <summary>The same for a type that is no enum.</summary>
    public static string Expectation(FieldType type, ConfigNode node) => type switch
    {
        FieldType.String => node.Kind is ConfigNodeKind.Number or ConfigNodeKind.Bool ? "text; put it in quotes" : "text",
        FieldType.Bool => "true or false",
        FieldType.Bytes => "bytes in base64",
        FieldType.Double or FieldType.Float => "a number",
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => "a whole number from -2147483648 to 2147483647",
        FieldType.UInt32 or FieldType.Fixed32 => "a whole number from 0 to 4294967295",
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => "a whole number of at most 64 bits",
        _ => "a whole number of at most 64 bits, not below 0",
    };

    private static object? ReadBool(ConfigNode node) => node switch
    {
        { Kind: ConfigNodeKind.Bool or ConfigNodeKind.Text, Text: "true" } => true,
        { Kind: ConfigNodeKind.Bool or ConfigNodeKind.Text, Text: "false" } => false,
        _ => null,
    };

    private static object? ReadEnum(EnumDescriptor type, ConfigNode node)
    {
        if (node.Kind is ConfigNodeKind.Number or ConfigNodeKind.Text
            && int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        if (node.Kind != ConfigNodeKind.Text)
        {
            return null;
        }

        EnumValueDescriptor? value = type.FindValueByName(node.Text)
            ?? type.FindValueByName(node.Text.Replace('-', '_').ToUpperInvariant());
        if (value is not null)
        {
            return value.Number;
        }

        // A few names in the API are in mixed case, so the upper-case spelling alone does not find them.
        foreach (EnumValueDescriptor candidate in type.Values)
        {
            if (candidate.Name.Equals(node.Text, StringComparison.OrdinalIgnoreCase))
            {
                return candidate.Number;
            }
        }

        return null;
    }

    private static ByteString? ReadBytes(ConfigNode node)
    {
        if (node.Kind != ConfigNodeKind.Text)
        {
            return null;
        }

        string standard = node.Text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        string padded = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[padded.Length / 4 * 3];
        return !padded.AsSpan().ContainsAny(" \t\r\n") && Convert.TryFromBase64String(padded, bytes, out int count)
            ? ByteString.CopyFrom(bytes, 0, count)
            : null;
    }

    private static double? ReadDouble(ConfigNode node)
    {
        if (node.Kind is not (ConfigNodeKind.Number or ConfigNodeKind.Text))
        {
            return null;
        }

        switch (node.Text)
        {
            case "NaN":
                return double.NaN;
            case "Infinity":
                return double.PositiveInfinity;
            case "-Infinity":
                return double.NegativeInfinity;
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(node.Text, Styles, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
    }

    // 5, "5", 5.0 and 5e0 are all the integer five.
    private static Int128? ReadInteger(ConfigNode node, Int128 lowest, Int128 highest) =>
        ReadInteger(node) is { } n && n >= lowest && n <= highest ? n : null;

    private static Int128? ReadInteger(ConfigNode node)
    {
        if (node.Kind is not (ConfigNodeKind.Number or ConfigNodeKind.Text) || node.Text.Length > 64)
        {
            return null;
        }

        if (Int128.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole))
        {
            return whole;
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(node.Text, Styles, CultureInfo.InvariantCulture, out decimal value) && decimal.Truncate(value) == value
            ? (Int128)value
            : null;
    }
}
