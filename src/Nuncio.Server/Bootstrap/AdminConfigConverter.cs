using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Matching;
using Nuncio.Config.Sockets;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Core.Listeners;
using Nuncio.Core.Matching;
using Nuncio.IO.Sockets;
using Wire = Envoy.Config.Bootstrap.V3.Admin;

namespace Nuncio.Server.Bootstrap;

/// <summary>The bootstrap's <c>admin</c> to <see cref="AdminConfig"/>. Stateless.</summary>
internal static class AdminConfigConverter
{
    /// <summary>The configuration; null when there is no admin server, or after an error.</summary>
    internal static AdminConfig? Convert(Wire? wire, FactoryContext context, ConfigScope scope)
    {
        if (wire is null)
        {
            return null;
        }

        List<IAccessLoggerProvider> logs = [.. AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log"))];
        AddOldLog(wire, logs, context, scope);
        StringMatcher[]? paths = StringMatcherConverter.ConvertAll(wire.AllowPaths, context.Runtime, scope.Field("allow_paths"));
        if (wire.Address is null || AddressConverter.Convert(wire.Address, scope.Field("address")) is not { } address || paths is null)
        {
            return null;
        }

        IReadOnlyList<SocketOptionConfig> options = SocketOptionConverter.Convert(wire.SocketOptions, address, scope.Field("socket_options"));
        return new AdminConfig(new ListenAddress(address, new ListenSocketOptions { ReusePort = false, SocketOptions = options }), paths, logs);
    }

    private static void AddOldLog(Wire wire, List<IAccessLoggerProvider> logs, FactoryContext context, ConfigScope scope)
    {
        string path = wire.AccessLogPath;
        if (path.Length == 0)
        {
            return;
        }

        if (context.AccessLogs.TryOpen(path, out AccessLogFile? file, out string? error))
        {
            logs.Add(new FileAccessLoggerProvider(file, DefaultFormat.Create(context.Formatting), filter: null));
        }
        else
        {
            scope.Field("access_log_path").Error(error);
        }
    }
}
