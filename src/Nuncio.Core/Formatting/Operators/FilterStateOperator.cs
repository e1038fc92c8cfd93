using System.Buffers.Text;
using System.Globalization;
using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting.Json;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>FILTER_STATE(KEY:PLAIN):Z</c>, the object's text, and <c>FILTER_STATE(KEY:TYPED):Z</c>, which is what no type means too: the
/// object as JSON, a text in quotes. <c>FILTER_STATE(KEY:FIELD:NAME):Z</c> is understood, but no object here has fields.
/// </summary>
/// <remarks>Envoy: only objects that have a message behind them can be printed typed: texts and numbers do, addresses do not.</remarks>
internal sealed class FilterStateOperator(string key, FilterStateForm form, int? maxLength) : FormatOperator
{
    internal static FormatOperator? Create(in OperatorArguments arguments, out string? error)
    {
        string[] parts = arguments.Argument.Split(':', 3);
        FilterStateForm? form = parts.Length == 1 ? FilterStateForm.Typed : parts[1] switch
        {
            "PLAIN" => FilterStateForm.Plain,
            "" or "TYPED" => FilterStateForm.Typed,
            "FIELD" => FilterStateForm.Field,
            _ => null,
        };
        bool hasField = parts.Length == 3 && parts[2].Length > 0;
        error = parts[0].Length == 0 ? "FILTER_STATE needs a key: expected FILTER_STATE(KEY) or FILTER_STATE(KEY:PLAIN)"
            : form is null ? $"FILTER_STATE({arguments.Argument}): expected PLAIN, TYPED or FIELD behind the key"
            : form == FilterStateForm.Field != hasField ? $"FILTER_STATE({arguments.Argument}): a field's name belongs to FIELD, expected KEY:FIELD:NAME"
            : null;
        return error is null ? new FilterStateOperator(parts[0], form!.Value, arguments.MaxLength) : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        StreamInfo info = context.Stream;
        if ((info.FilterState ?? info.Connection?.FilterState)?.Find(key) is not { } value)
        {
            return FormatValue.Missing;
        }

        int start = into.Length;
        switch (form)
        {
            case FilterStateForm.Plain:
                into.Append(value as string ?? value.ToString() ?? "");
                Cut(start, into);
                return FormatValue.Text;
            case FilterStateForm.Typed when value is string or ulong or long or uint or int or bool:
                AppendTyped(value, into);
                return Cut(start, into) ? FormatValue.Text : FormatValue.Json;
            default:
                return FormatValue.Missing;
        }
    }

    private static void AppendTyped(object value, ByteWriter into)
    {
        if (value is string or bool)
        {
            JsonValueText.Append(value, into);
            return;
        }

        Utf8Formatter.TryFormat(Convert.ToDecimal(value, CultureInfo.InvariantCulture), into.Reserve(32), out int written);
        into.Advance(written);
    }

    private bool Cut(int start, ByteWriter into)
    {
        if (maxLength is not { } most || into.Length - start <= most)
        {
            return false;
        }

        into.Truncate(start + most);
        return true;
    }
}

/// <summary>How an object of the filter state is printed.</summary>
internal enum FilterStateForm : byte
{
    /// <summary>As JSON.</summary>
    Typed,

    /// <summary>As text.</summary>
    Plain,

    /// <summary>One of its fields.</summary>
    Field,
}
