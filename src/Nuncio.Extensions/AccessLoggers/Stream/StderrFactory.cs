using Envoy.Extensions.AccessLoggers.Stream.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Extensions.AccessLoggers.Stream;

/// <summary><c>envoy.access_loggers.stderr</c>: writes entries to standard error.</summary>
public sealed class StderrFactory : IAccessLoggerFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.access_loggers.stderr";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => StderrAccessLog.Descriptor;

    /// <inheritdoc/>
    public IAccessLoggerProvider? Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope) =>
        StreamLogger.Create(((StderrAccessLog)message).LogFormat, LinuxLogFileSystem.StandardError, filter, context, scope);
}
