using Envoy.Extensions.AccessLoggers.Stream.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Extensions.AccessLoggers.Stream;

/// <summary><c>envoy.access_loggers.stdout</c>: writes entries to standard output.</summary>
public sealed class StdoutFactory : IAccessLoggerFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.access_loggers.stdout";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => StdoutAccessLog.Descriptor;

    /// <inheritdoc/>
    public IAccessLoggerProvider? Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope) =>
        StreamLogger.Create(((StdoutAccessLog)message).LogFormat, LinuxLogFileSystem.StandardOutput, filter, context, scope);
}
