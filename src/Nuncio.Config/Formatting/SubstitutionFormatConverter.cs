using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Routes;
using Nuncio.Core.Formatting;

namespace Nuncio.Config.Formatting;

/// <summary>Wire message to formatter, for logs, local replies and bodies. Stateless; any thread.</summary>
public static class SubstitutionFormatConverter
{
    /// <summary>Bytes of a template that is read from a file or given inline; more is a mistake.</summary>
    private const int MaxTemplateBytes = 64 * 1024;

    /// <summary>The formatter; null after an error. <paramref name="scope"/> is the place of the SubstitutionFormatString.</summary>
    public static SubstitutionFormatter? Convert(SubstitutionFormatString wire, FactoryContext context, ConfigScope scope) =>
        Convert(wire, context.Formatting, scope);

    /// <summary>The same without a factory context.</summary>
    public static SubstitutionFormatter? Convert(SubstitutionFormatString wire, FormatterOptions options, ConfigScope scope)
    {
        options = options with
        {
            OmitEmptyValues = wire.OmitEmptyValues,
            ContentType = wire.ContentType.Length == 0 ? null : Encoding.UTF8.GetBytes(wire.ContentType),
        };
        switch (wire.FormatCase)
        {
            case SubstitutionFormatString.FormatOneofCase.TextFormat:
                return Text(wire.TextFormat, options, scope.Field("text_format"));
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource:
                ConfigScope place = scope.Field("text_format_source");
                byte[]? source = DataSourceReader.Read(wire.TextFormatSource, MaxTemplateBytes, place);
                return source is null ? null : Text(Encoding.UTF8.GetString(source), options, place);
            case SubstitutionFormatString.FormatOneofCase.JsonFormat:
                return JsonFormatConverter.Convert(wire.JsonFormat, options, scope.Field("json_format"));
            default:
                scope.Error("found no format, expected one of text_format_source, json_format, text_format");
                return null;
        }
    }

    /// <summary>A template given as plain text; null after an error.</summary>
    public static SubstitutionFormatter? Text(string template, FormatterOptions options, ConfigScope scope)
    {
        if (!SubstitutionFormatter.TryParse(template, options, out SubstitutionFormatter? formatter, out string? error))
        {
            scope.Error(error);
        }

        return formatter;
    }
}
