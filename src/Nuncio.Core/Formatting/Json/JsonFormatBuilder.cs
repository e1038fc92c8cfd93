using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting.Operators;

namespace Nuncio.Core.Formatting.Json;

/// <summary>
/// Makes a formatter that writes one JSON object a line: the caller walks its configuration and calls this in the order of the
/// output. A string that is exactly one operator keeps the operator's type; keys are never templates.
/// </summary>
/// <remarks>Control plane, one use. Commas are placed here; the caller sorts keys (Envoy does, bytewise).</remarks>
public sealed class JsonFormatBuilder(FormatterOptions options)
{
    private readonly List<FormatOperator> _operators = [];
    private readonly ByteWriter _raw = new();
    private bool _needsComma;

    /// <summary>Begins an object as the next value.</summary>
    public void BeginObject() => Open((byte)'{');

    /// <summary>Ends it.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Begins a list as the next value.</summary>
    public void BeginList() => Open((byte)'[');

    /// <summary>Ends it.</summary>
    public void EndList() => Close((byte)']');

    /// <summary>The key of the next value.</summary>
    public void Key(string key)
    {
        Comma();
        JsonText.AppendString(key, _raw);
        _raw.Append((byte)':');
        _needsComma = false;
    }

    /// <summary>A value that is null.</summary>
    public void Null() => Raw("null"u8);

    /// <summary>A boolean value.</summary>
    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>A number value.</summary>
    public void Number(double value)
    {
        Comma();
        JsonValueText.Append(value, _raw);
    }

    /// <summary>A string value, which may hold operators; the error when they are wrong, else null.</summary>
    public string? Text(string template)
    {
        Comma();
        if (!template.Contains('%'))
        {
            JsonText.AppendString(template, _raw);
            return null;
        }

        List<FormatOperator> parts = [];
        string? error = TemplateParser.Parse(template, options, parts);
        if (error is null)
        {
            FlushRaw();
            _operators.Add(parts.Count == 1 ? new JsonValueOperator(parts[0]) : new JsonStringOperator([.. parts], options.OmitEmptyValues));
        }

        return error;
    }

    /// <summary>The formatter; it ends each object with a line end.</summary>
    public SubstitutionFormatter Build()
    {
        _raw.Append((byte)'\n');
        FlushRaw();
        return new SubstitutionFormatter([.. _operators], options.OmitEmptyValues) { ContentType = options.ContentType, IsJson = true };
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        Comma();
        _raw.Append(value);
    }

    private void Open(byte bracket)
    {
        Comma();
        _raw.Append(bracket);
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        _raw.Append(bracket);
        _needsComma = true;
    }

    private void Comma()
    {
        if (_needsComma)
        {
            _raw.Append((byte)',');
        }

        _needsComma = true;
    }

    private void FlushRaw()
    {
        if (_raw.Length > 0)
        {
            _operators.Add(new LiteralOperator(_raw.Written.ToArray()));
            _raw.Clear();
        }
    }
}
