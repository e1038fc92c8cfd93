using Envoy.Extensions.AccessLoggers.File.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Formatting;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;

namespace Nuncio.Extensions.AccessLoggers.File;

/// <summary>
/// <c>envoy.access_loggers.file</c>: appends entries to a file, which is opened anew on SIGUSR1 and <c>/reopen_logs</c>. A file that
/// cannot be opened is a configuration error.
/// </summary>
public sealed class FileFactory : IAccessLoggerFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.access_loggers.file";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => FileAccessLog.Descriptor;

    /// <inheritdoc/>
    public IAccessLoggerProvider? Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope)
    {
        var wire = (FileAccessLog)message;
        SubstitutionFormatter? formatter = Format(wire, context, scope);
        if (wire.Path.Length == 0)
        {
            scope.Field("path").Error("found an empty path, expected the path of the log file");
            return null;
        }

        // Only a configuration that is right so far may make a file.
        if (formatter is null)
        {
            return null;
        }

        if (!context.AccessLogs.TryOpen(wire.Path, out AccessLogFile? file, out string? error))
        {
            scope.Field("path").Error(error);
            return null;
        }

        return new FileAccessLoggerProvider(file, formatter, filter);
    }

    private static SubstitutionFormatter? Format(FileAccessLog wire, FactoryContext context, ConfigScope scope)
    {
        switch (wire.AccessLogFormatCase)
        {
            case FileAccessLog.AccessLogFormatOneofCase.LogFormat:
                return SubstitutionFormatConverter.Convert(wire.LogFormat, context, scope.Field("log_format"));
            case FileAccessLog.AccessLogFormatOneofCase.Format:
                return wire.Format.Length == 0
                    ? DefaultFormat.Create(context.Formatting)
                    : SubstitutionFormatConverter.Text(wire.Format, context.Formatting, scope.Field("format"));
            case FileAccessLog.AccessLogFormatOneofCase.JsonFormat:
                return Json(wire.JsonFormat, context, scope.Field("json_format"));
            case FileAccessLog.AccessLogFormatOneofCase.TypedJsonFormat:
                return Json(wire.TypedJsonFormat, context, scope.Field("typed_json_format"));
            default:
                return DefaultFormat.Create(context.Formatting);
        }
    }

    private static SubstitutionFormatter? Json(Struct wire, FactoryContext context, ConfigScope scope) =>
        JsonFormatConverter.Convert(wire, context.Formatting, scope);
}
