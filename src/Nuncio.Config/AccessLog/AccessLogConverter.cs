using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Wire = Envoy.Config.Accesslog.V3;

namespace Nuncio.Config.AccessLog;

/// <summary>
/// Wire messages to access logs, for everything that has a list of them: listeners, the connection manager, the router, the TCP
/// proxy, the admin. Main thread.
/// </summary>
public static class AccessLogConverter
{
    /// <summary>
    /// The loggers of a list, without those that had an error. <paramref name="scope"/> is the place of the list.
    /// </summary>
    public static IAccessLoggerProvider[] Convert(IReadOnlyList<Wire.AccessLog> wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.Count == 0)
        {
            return [];
        }

        var loggers = new List<IAccessLoggerProvider>(wire.Count);
        for (int i = 0; i < wire.Count; i++)
        {
            if (Convert(wire[i], context, scope.Item(i)) is { } logger)
            {
                loggers.Add(logger);
            }
        }

        return [.. loggers];
    }

    /// <summary>One logger; null after an error.</summary>
    public static IAccessLoggerProvider? Convert(Wire.AccessLog wire, FactoryContext context, ConfigScope scope)
    {
        IAccessLogFilter? filter = null;
        bool good = wire.Filter is null || (filter = AccessLogFilterConverter.Convert(wire.Filter, context, scope.Field("filter"))) is not null;
        ConfigScope place = scope.Field("typed_config");
        IAccessLoggerFactory? factory = context.Extensions.Resolve<IAccessLoggerFactory>(wire.TypedConfig, wire.Name, place, out IMessage? message);
        if (factory is null || message is null)
        {
            return null;
        }

        // Also when the filter was wrong, so that the errors of both are reported at once.
        IAccessLoggerProvider? logger = factory.Create(message, filter, context, place);
        return good ? logger : null;
    }
}
