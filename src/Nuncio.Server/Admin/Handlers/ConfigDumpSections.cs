using Envoy.Admin.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using CoreLocality = Nuncio.Core.Clusters.Locality;
using WireHealth = Envoy.Config.Core.V3.HealthStatus;
using WireListener = Envoy.Config.Listener.V3.Listener;
using WireLocality = Envoy.Config.Core.V3.Locality;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>The sections of <c>/config_dump</c>, each made when its turn comes, in Envoy's order. Main thread.</summary>
internal sealed class ConfigDumpSections(AdminContext context)
{
    private static readonly string[] s_discoveredKinds =
    [
        ExtensionConfigKinds.HttpFilter.StatName, ExtensionConfigKinds.NetworkFilter.StatName, ExtensionConfigKinds.ListenerFilter.StatName,
    ];

    private Timestamp LastUpdated => Timestamp.FromDateTime(new DateTime(context.LoadedAtUtcTicks, DateTimeKind.Utc));

    /// <summary>The sections, with what has a name that passes the filter.</summary>
    internal IEnumerable<IMessage> Make(NameFilter filter, bool withEndpoints)
    {
        yield return new BootstrapConfigDump { Bootstrap = context.Bootstrap, LastUpdated = LastUpdated };
        yield return Clusters(filter);
        foreach (string kind in s_discoveredKinds)
        {
            if (Discovered(kind, filter) is { EcdsFilters.Count: > 0 } discovered)
            {
                yield return discovered;
            }
        }

        if (withEndpoints)
        {
            yield return Endpoints(filter);
        }

        yield return Listeners(filter);
        yield return new ScopedRoutesConfigDump();
        yield return Routes(filter);
        yield return new SecretsConfigDump();
    }

    private ClustersConfigDump Clusters(NameFilter filter)
    {
        var dump = new ClustersConfigDump();
        foreach (Cluster cluster in context.Bootstrap.StaticResources?.Clusters ?? [])
        {
            if (filter.Matches(cluster.Name))
            {
                dump.StaticClusters.Add(new ClustersConfigDump.Types.StaticCluster { Cluster = Any.Pack(cluster), LastUpdated = LastUpdated });
            }
        }

        return dump;
    }

    private EcdsConfigDump Discovered(string kind, NameFilter filter)
    {
        var dump = new EcdsConfigDump();
        foreach (ExtensionConfigSnapshot found in context.ExtensionConfigs?.Found(kind) ?? [])
        {
            if (filter.Matches(found.Filter))
            {
                dump.EcdsFilters.Add(new EcdsConfigDump.Types.EcdsFilterConfig
                {
                    VersionInfo = found.Version,
                    EcdsFilter = Any.Pack(new TypedExtensionConfig { Name = found.Filter, TypedConfig = found.TypedConfig }),
                    LastUpdated = Timestamp.FromDateTime(new DateTime(found.UpdatedAtUtcTicks, DateTimeKind.Utc)),
                });
            }
        }

        return dump;
    }

    private ListenersConfigDump Listeners(NameFilter filter)
    {
        var dump = new ListenersConfigDump();
        foreach (ListenerSnapshot listener in context.Listeners.Listeners)
        {
            if (listener.Config.Source is WireListener wire && filter.Matches(listener.Config.Name))
            {
                dump.StaticListeners.Add(new ListenersConfigDump.Types.StaticListener { Listener = Any.Pack(wire), LastUpdated = LastUpdated });
            }
        }

        return dump;
    }

    private RoutesConfigDump Routes(NameFilter filter)
    {
        var dump = new RoutesConfigDump();
        foreach (ListenerSnapshot listener in context.Listeners.Listeners)
        {
            foreach (RouteConfiguration routes in RoutesOf(listener.Config.Source as WireListener))
            {
                if (filter.Matches(routes.Name))
                {
                    dump.StaticRouteConfigs.Add(
                        new RoutesConfigDump.Types.StaticRouteConfig { RouteConfig = Any.Pack(routes), LastUpdated = LastUpdated });
                }
            }
        }

        return dump;
    }

    private static IEnumerable<RouteConfiguration> RoutesOf(WireListener? listener)
    {
        IEnumerable<FilterChain> chains = listener?.FilterChains ?? [];
        if (listener?.DefaultFilterChain is { } last)
        {
            chains = chains.Append(last);
        }

        foreach (Filter filter in chains.SelectMany(static c => c.Filters))
        {
            if (filter.TypedConfig is { } config && config.TryUnpack(out HttpConnectionManager manager) && manager.RouteConfig is { } routes)
            {
                yield return routes;
            }
        }
    }

    private EndpointsConfigDump Endpoints(NameFilter filter)
    {
        var dump = new EndpointsConfigDump();
        foreach (Core.Clusters.ClusterStatus cluster in context.Clusters.GetStatus())
        {
            if (filter.Matches(cluster.Info.Name))
            {
                dump.StaticEndpointConfigs.Add(
                    new EndpointsConfigDump.Types.StaticEndpointConfig { EndpointConfig = Any.Pack(Assignment(cluster)) });
            }
        }

        return dump;
    }

    private static ClusterLoadAssignment Assignment(Core.Clusters.ClusterStatus cluster)
    {
        var assignment = new ClusterLoadAssignment { ClusterName = cluster.Info.Name };
        foreach (IGrouping<(int Priority, CoreLocality Locality), Host> group in cluster.AllHosts.GroupBy(static h => ((int)h.Priority, h.Locality)))
        {
            CoreLocality place = group.Key.Locality;
            var locality = new LocalityLbEndpoints
            {
                Priority = (uint)group.Key.Priority,
                Locality = new WireLocality { Region = place.Region, Zone = place.Zone, SubZone = place.SubZone },
            };
            locality.LbEndpoints.Add(group.Select(EndpointOf));
            assignment.Endpoints.Add(locality);
        }

        return assignment;
    }

    private static LbEndpoint EndpointOf(Host host) => new()
    {
        Endpoint = new Envoy.Config.Endpoint.V3.Endpoint { Address = WireAddress.Of(host.Address), Hostname = host.Hostname },
        LoadBalancingWeight = (uint)host.Weight,
        HealthStatus = host.Health switch
        {
            HostHealth.Healthy => WireHealth.Healthy,
            HostHealth.Degraded => WireHealth.Degraded,
            _ => WireHealth.Unhealthy,
        },
    };
}
