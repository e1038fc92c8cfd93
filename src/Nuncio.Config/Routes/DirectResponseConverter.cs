using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Formatting;
using Nuncio.Core.Formatting;
using Nuncio.Core.Routing;
using Wire = Envoy.Config.Route.V3.DirectResponseAction;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to direct response, its body read now. Stateless; any thread.</summary>
internal static class DirectResponseConverter
{
    /// <summary>The response; null after an error. <paramref name="scope"/> is the place of the DirectResponseAction.</summary>
    internal static DirectResponseAction? Convert(Wire message, RouteConversion conversion, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        if (message.Status is < 200 or >= 600)
        {
            scope.Field("status").Error($"found {message.Status}, expected a status from 200 to 599");
        }

        byte[] body = [];
        if (message.Body is { } source)
        {
            body = DataSourceReader.Read(source, conversion.MaxDirectResponseBody, scope.Field("body")) ?? [];
        }

        SubstitutionFormatter? format = message.BodyFormat is { } wire
            ? SubstitutionFormatConverter.Convert(wire, conversion.Context.Formatting, scope.Field("body_format"))
            : null;

        return scope.ErrorCount != before ? null : new DirectResponseAction
        {
            Status = (int)message.Status,
            Body = body,
            BodyFormat = format,
            ContentType = format is null ? null : ContentTypeOf(message.BodyFormat),
        };
    }

    private static byte[] ContentTypeOf(SubstitutionFormatString format)
    {
        if (format.ContentType.Length > 0)
        {
            return Encoding.UTF8.GetBytes(format.ContentType);
        }

        return format.FormatCase == SubstitutionFormatString.FormatOneofCase.JsonFormat
            ? "application/json"u8.ToArray()
            : "text/plain"u8.ToArray();
    }
}
