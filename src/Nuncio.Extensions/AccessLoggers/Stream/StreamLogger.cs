using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Formatting;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;

namespace Nuncio.Extensions.AccessLoggers.Stream;

/// <summary>What the loggers to standard output and standard error have in common.</summary>
internal static class StreamLogger
{
    /// <summary>The logger; null after an error.</summary>
    internal static IAccessLoggerProvider? Create(
        SubstitutionFormatString? format, string path, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope)
    {
        SubstitutionFormatter? formatter = format is null
            ? DefaultFormat.Create(context.Formatting)
            : SubstitutionFormatConverter.Convert(format, context, scope.Field("log_format"));
        if (formatter is null)
        {
            return null;
        }

        if (!context.AccessLogs.TryOpen(path, out AccessLogFile? file, out string? error))
        {
            scope.Error(error);
            return null;
        }

        return new FileAccessLoggerProvider(file, formatter, filter);
    }
}
