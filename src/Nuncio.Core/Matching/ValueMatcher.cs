namespace Nuncio.Core.Matching;

/// <summary>
/// A test on one value of metadata. Envoy: type.matcher.v3.ValueMatcher. Immutable; any thread.
/// </summary>
/// <remarks>
/// Values are <see cref="string"/>, <see cref="double"/>, <see cref="bool"/>, null, or dictionaries and lists of these.
/// </remarks>
public sealed class ValueMatcher
{
    private readonly ValueMatchKind _kind;
    private readonly StringMatcher? _text;
    private readonly ValueMatcher[] _parts;
    private readonly double _start;
    private readonly double _end;
    private readonly bool _flag;

    private ValueMatcher(ValueMatchKind kind, StringMatcher? text = null, ValueMatcher[]? parts = null, double start = 0, double end = 0, bool flag = false)
    {
        _kind = kind;
        _text = text;
        _parts = parts ?? [];
        _start = start;
        _end = end;
        _flag = flag;
    }

    /// <summary>The value null.</summary>
    public static ValueMatcher Null { get; } = new(ValueMatchKind.Null);

    /// <summary>A number from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static ValueMatcher Range(double start, double end) => new(ValueMatchKind.Range, start: start, end: end);

    /// <summary>This number.</summary>
    public static ValueMatcher Number(double number) => new(ValueMatchKind.Number, start: number);

    /// <summary>A text.</summary>
    public static ValueMatcher Text(StringMatcher text) => new(ValueMatchKind.Text, text);

    /// <summary>This truth value.</summary>
    public static ValueMatcher Boolean(bool value) => new(ValueMatchKind.Boolean, flag: value);

    /// <summary>Any value, null too; with false none, not even a missing one (Envoy).</summary>
    public static ValueMatcher Present(bool present) => new(ValueMatchKind.Present, flag: present);

    /// <summary>A list of which one item is so.</summary>
    public static ValueMatcher OneOf(ValueMatcher item) => new(ValueMatchKind.OneOf, parts: [item]);

    /// <summary>What one of these tests takes.</summary>
    public static ValueMatcher AnyOf(IReadOnlyList<ValueMatcher> tests) => new(ValueMatchKind.AnyOf, parts: [.. tests]);

    /// <summary>The answer.</summary>
    /// <param name="value">The value.</param>
    /// <param name="there">False: there is no value, not even null.</param>
    public bool Matches(object? value, bool there = true) => there && _kind switch
    {
        ValueMatchKind.Null => value is null,
        ValueMatchKind.Range => value is double number && number >= _start && number < _end,
        ValueMatchKind.Number => value is double number && number.Equals(_start),
        ValueMatchKind.Text => value is string text && _text!.Matches(text),
        ValueMatchKind.Boolean => value is bool flag && flag == _flag,
        ValueMatchKind.Present => _flag,
        ValueMatchKind.OneOf => value is IReadOnlyList<object?> list && AnyItem(list),
        _ => AnyPart(value),
    };

    private bool AnyItem(IReadOnlyList<object?> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (_parts[0].Matches(list[i]))
            {
                return true;
            }
        }

        return false;
    }

    private bool AnyPart(object? value)
    {
        foreach (ValueMatcher part in _parts)
        {
            if (part.Matches(value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a <see cref="ValueMatcher"/> asks.</summary>
internal enum ValueMatchKind : byte
{
    /// <summary>Null.</summary>
    Null,

    /// <summary>A number of a range.</summary>
    Range,

    /// <summary>One number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Anything.</summary>
    Present,

    /// <summary>An item of a list.</summary>
    OneOf,

    /// <summary>One of several tests.</summary>
    AnyOf,
}
