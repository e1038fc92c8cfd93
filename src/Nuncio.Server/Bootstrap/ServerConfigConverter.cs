using Envoy.Config.Bootstrap.V3;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners;
using Nuncio.Config.Overload;
using Nuncio.Config.Watchdogs;
using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using Nuncio.Core.Overload;
using Nuncio.Core.Watchdogs;
using WireBootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Nuncio.Server.Bootstrap;

/// <summary>A bootstrap message to <see cref="ServerConfig"/>, every error collected. Stateless; main thread.</summary>
internal static class ServerConfigConverter
{
    /// <summary>The configuration; null after any error.</summary>
    internal static ServerConfig? Convert(
        WireBootstrap wire, IReadOnlyList<ClusterConfig> clusters, FactoryContext context, ConfigScope scope)
    {
        BootstrapExtensionListConverter.Convert(wire.BootstrapExtensions, context, scope.Field("bootstrap_extensions"));
        IReadOnlyList<ListenerConfig> listeners = Listeners(wire, context, scope.Field("static_resources").Field("listeners"));
        AdminConfig? admin = AdminConfigConverter.Convert(wire.Admin, context, scope.Field("admin"));
        OverloadConfig overload = OverloadConverter.Convert(wire.OverloadManager, context, scope.Field("overload_manager"));
        WatchdogsConfig watchdogs = WatchdogConverter.Convert(wire, scope);
        if (scope.HasErrors)
        {
            return null;
        }

        var config = new ServerConfig
        {
            Clusters = clusters,
            Listeners = listeners,
            Admin = admin,
            Overload = overload,
            Watchdogs = watchdogs,
            FlushStatsOnAdmin = wire.StatsFlushCase == WireBootstrap.StatsFlushOneofCase.StatsFlushOnAdmin,
        };
        return wire.StatsFlushInterval is null ? config : config with { StatsFlushInterval = wire.StatsFlushInterval.ToTimeSpan() };
    }

    /// <summary>The clusters; those with errors are left out.</summary>
    internal static IReadOnlyList<ClusterConfig> Clusters(WireBootstrap wire, ConfigScope scope) =>
        ClusterConverter.ConvertAll(
            wire.StaticResources?.Clusters ?? [],
            scope.Field("static_resources").Field("clusters"),
            BindConverter.Convert(wire.ClusterManager?.UpstreamBindConfig, scope.Field("cluster_manager").Field("upstream_bind_config")));

    private static List<ListenerConfig> Listeners(WireBootstrap wire, FactoryContext context, ConfigScope scope)
    {
        var listeners = new List<ListenerConfig>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        if (wire.StaticResources is not { } resources)
        {
            return listeners;
        }

        for (int i = 0; i < resources.Listeners.Count; i++)
        {
            ConfigScope place = scope.Item(i);
            if (ListenerConverter.Convert(resources.Listeners[i], context, place) is not { } listener)
            {
                continue;
            }

            if (!seen.TryAdd(listener.Name, i))
            {
                place.Field("name").Error($"duplicate listener \"{listener.Name}\"; the first is listeners[{seen[listener.Name]}]");
            }

            listeners.Add(listener);
        }

        return listeners;
    }
}
