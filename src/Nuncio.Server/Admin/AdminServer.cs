using Microsoft.Extensions.Logging;
using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.Listeners;
using Nuncio.Core.Routing;
using Nuncio.Extensions.NetworkFilters.HttpConnectionManager;
using Nuncio.IO.Sockets;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.Logging;

namespace Nuncio.Server.Admin;

/// <summary>
/// The operator's HTTP server: Nuncio's own listener and connection manager on the main thread, with <see cref="AdminFilter"/> for a
/// chain. Envoy's page: "Administration interface".
/// </summary>
/// <remarks>Owner: main thread; lives as long as the process, and goes on answering while the process drains.</remarks>
internal sealed class AdminServer
{
    private const string Name = "admin";

    private readonly ListenerManager _listeners;
    private readonly ListenerConfig _config;

    internal AdminServer(AdminContext context, AdminConfig config)
    {
        var worker = new WorkerContext(context.Main, context.Stats);

        // Its own list of one listener, which listener_manager.* does not count and no drain reaches.
        _listeners = new ListenerManager(context.Main, [worker], new StatsStore(1).Root(), context.Runtime) { ListensAtOnce = true };
        var router = new AdminRouter(AdminHandlers.Make(context), config.AllowPaths, context.Logs.CreateLogger(LogComponents.Admin));
        var manager = new HttpConnectionManagerConfig
        {
            StatPrefix = Name,
            Routes = RouteTable.Empty,
            Filters = [new HttpFilterConfig(Name, FilterNames.Intern("nuncio.admin"), new AdminFilterProvider(router), Disabled: false)],
            AccessLogs = config.AccessLogs,
            LocalAddress = config.Address.Address,
            UseRemoteAddress = true,
            NormalizePath = true,
            MergeSlashes = true,
        };
        _config = new ListenerConfig
        {
            Name = Name,
            StatPrefix = Name,
            Addresses = [config.Address],
            FilterChains = [new FilterChainConfig(Name, [new HttpConnectionManagerProvider(manager)])],
        };
    }

    /// <summary>Where it listens; null before <see cref="TryBind"/>.</summary>
    internal NetworkAddress? Address => _listeners.Listeners is [var listener, ..] ? listener.Bound[0] : null;

    /// <summary>Sockets that were open before this process, for <see cref="TryBind"/>.</summary>
    internal IInheritedSockets? InheritedSockets
    {
        init => _listeners.InheritedSockets = value;
    }

    /// <summary>Makes the socket; null, or what went wrong.</summary>
    internal string? TryBind() => _listeners.AddOrUpdate(_config);

    /// <summary>Begins to answer.</summary>
    internal void Start() => _listeners.Start();

    /// <summary>Its sockets, for the next process in a hot restart.</summary>
    internal IReadOnlyList<ListenSocketInfo> GetListenSockets() => _listeners.GetListenSockets();

    /// <summary>Leaves new connections to the process that took over.</summary>
    internal void StopListening() => _listeners.StopListening();
}
