using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Server.CommandLine;
using Wire = Envoy.Config.Bootstrap.V3.Bootstrap.Types.ApplicationLogConfig;

namespace Nuncio.Server.Logging;

/// <summary>
/// The look of log lines from the command line and from the bootstrap's <c>application_log_config</c>, of which only one may say it.
/// Stateless; main thread.
/// </summary>
internal static class LogFormatConverter
{
    private static readonly JsonWriterOptions s_jsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The pattern; null after an error. <paramref name="scope"/> is the place of the application_log_config.</summary>
    internal static LogPattern? Convert(Wire? wire, ServerOptions options, ConfigScope scope)
    {
        if (wire?.LogFormat is not { } format)
        {
            return new LogPattern(options.LogFormat, options.LogFormatEscaped);
        }

        ConfigScope place = scope.Field("log_format");
        if (options.IsLogFormatGiven)
        {
            place.Error("found log_format and the option --log-format, expected only one of them");
            return null;
        }

        if (format.JsonFormat is not { } json)
        {
            return new LogPattern(format.TextFormat, options.LogFormatEscaped);
        }

        string pattern = Json(json);
        string? wrong = pattern.Contains("%v", StringComparison.Ordinal) ? "%v"
            : pattern.Contains("%_", StringComparison.Ordinal) ? "%_"
            : null;
        if (wrong is not null)
        {
            place.Field("json_format").Error($"found {wrong}, which does not write JSON, expected %j for the message");
            return null;
        }

        return new LogPattern(pattern, options.LogFormatEscaped);
    }

    private static string Json(Struct format)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_jsonOptions))
        {
            Write(writer, format);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, Struct value)
    {
        writer.WriteStartObject();
        foreach ((string name, Value field) in value.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, field);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StructValue:
                Write(writer, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                writer.WriteStartArray();
                foreach (Value item in value.ListValue.Values)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.NumberValue:
                writer.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
