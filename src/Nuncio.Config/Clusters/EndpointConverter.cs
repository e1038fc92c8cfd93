using Nuncio.Config.Errors;
using Nuncio.Config.Sockets;
using Nuncio.Core.Clusters;
using Nuncio.IO.Sockets;
using CoreWire = Envoy.Config.Core.V3;
using EndpointWire = Envoy.Config.Endpoint.V3;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Clusters;

/// <summary>A cluster's <c>load_assignment</c> to <see cref="LocalityEndpointsConfig"/>. Stateless.</summary>
internal static class EndpointConverter
{
    /// <summary>Converts; errors go to <paramref name="scope"/>, the place of the cluster.</summary>
    public static EquatableList<LocalityEndpointsConfig> Convert(Wire.Cluster wire, ClusterDiscoveryKind discovery, ConfigScope scope)
    {
        ConfigScope place = scope.Field("load_assignment");
        if (discovery == ClusterDiscoveryKind.LogicalDns
            && (wire.LoadAssignment is not { Endpoints.Count: 1 } assignment || assignment.Endpoints[0].LbEndpoints.Count != 1))
        {
            place.Error("LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint");
            return [];
        }

        List<LocalityEndpointsConfig> localities = [];
        for (int i = 0; i < (wire.LoadAssignment?.Endpoints.Count ?? 0); i++)
        {
            localities.Add(Locality(wire.LoadAssignment!.Endpoints[i], discovery, place.Field("endpoints").Item(i)));
        }

        return [.. localities];
    }

    private static LocalityEndpointsConfig Locality(EndpointWire.LocalityLbEndpoints wire, ClusterDiscoveryKind discovery, ConfigScope scope)
    {
        List<EndpointConfig> endpoints = [];
        ulong weights = 0;
        for (int i = 0; i < wire.LbEndpoints.Count; i++)
        {
            ConfigScope place = scope.Field("lb_endpoints").Item(i);
            EndpointWire.LbEndpoint endpoint = wire.LbEndpoints[i];
            weights += endpoint.LoadBalancingWeight ?? 1;
            if (Endpoint(endpoint, discovery, place) is { } converted)
            {
                endpoints.Add(converted);
            }
        }

        if (weights > uint.MaxValue)
        {
            scope.Field("lb_endpoints").Error($"the weights sum to {weights}, expected at most {uint.MaxValue}");
        }

        return new LocalityEndpointsConfig
        {
            Locality = new Locality(wire.Locality?.Region ?? "", wire.Locality?.Zone ?? "", wire.Locality?.SubZone ?? ""),
            Priority = (int)wire.Priority,
            Weight = wire.LoadBalancingWeight ?? 0,
            Endpoints = [.. endpoints],
        };
    }

    private static EndpointConfig? Endpoint(EndpointWire.LbEndpoint wire, ClusterDiscoveryKind discovery, ConfigScope scope)
    {
        if (wire.Endpoint?.Address is not { } address)
        {
            scope.Field("endpoint").Field("address").Error("is missing; expected the host's address");
            return null;
        }

        EndpointConfig config = new()
        {
            Hostname = wire.Endpoint.Hostname,
            Weight = wire.LoadBalancingWeight ?? 1,
            HealthStatus = (EndpointHealthStatus)wire.HealthStatus,
            HealthCheck = HealthCheck(wire.Endpoint.HealthCheckConfig, scope.Field("endpoint").Field("health_check_config")),
            Metadata = MetadataConverter.Convert(wire.Metadata),
        };
        ConfigScope place = scope.Field("endpoint").Field("address");
        EndpointConfig? found =
            discovery == ClusterDiscoveryKind.Static ? WithAddress(config, address, place) : WithName(config, address, place);
        return found is null || wire.Endpoint.AdditionalAddresses.Count == 0
            ? found
            : WithMore(found, wire.Endpoint.AdditionalAddresses, scope.Field("endpoint").Field("additional_addresses"));
    }

    private static EndpointConfig? WithMore(
        EndpointConfig config, IReadOnlyList<EndpointWire.Endpoint.Types.AdditionalAddress> wire, ConfigScope scope)
    {
        if (config.Address is not { IsIp: true })
        {
            scope.Error("goes with an IP address in a STATIC cluster only; names resolve to all their addresses by themselves");
            return null;
        }

        List<NetworkAddress> more = [];
        for (int i = 0; i < wire.Count; i++)
        {
            ConfigScope place = scope.Item(i).Field("address");
            if (wire[i].Address?.SocketAddress is null)
            {
                place.Error("expected socket_address with an IP address");
            }
            else if (WithAddress(config, wire[i].Address, place)?.Address is { } address)
            {
                more.Add(address);
            }
        }

        return config with { AdditionalAddresses = [.. more] };
    }

    private static EndpointHealthCheckConfig? HealthCheck(EndpointWire.Endpoint.Types.HealthCheckConfig? wire, ConfigScope scope) =>
        wire is null ? null : new EndpointHealthCheckConfig
        {
            Port = (int)wire.PortValue,
            Hostname = wire.Hostname,
            Address = wire.Address is null ? null : AddressConverter.Convert(wire.Address, scope.Field("address")),
            IsDisabled = wire.DisableActiveHealthCheck,
        };

    private static EndpointConfig? WithAddress(EndpointConfig config, CoreWire.Address wire, ConfigScope scope)
    {
        if (wire.SocketAddress is { } socket && !NetworkAddress.TryParseIp(socket.Address, 0, out _))
        {
            scope.Field("socket_address").Field("address").Error(
                $"found \"{socket.Address}\", expected an IPv4 or IPv6 address; a name needs the cluster's type to be STRICT_DNS or LOGICAL_DNS");
            return null;
        }

        if (wire.EnvoyInternalAddress is { } local)
        {
            if (local.ServerListenerName.Length == 0)
            {
                scope.Field("envoy_internal_address").Field("server_listener_name").Error("is empty; expected a listener's name");
                return null;
            }

            return config with { Address = NetworkAddress.FromInternal(local.ServerListenerName, local.EndpointId) };
        }

        return AddressConverter.Convert(wire, scope, allowsUdp: true) is { } address ? config with { Address = address } : null;
    }

    private static EndpointConfig? WithName(EndpointConfig config, CoreWire.Address wire, ConfigScope scope)
    {
        if (wire.SocketAddress is not { } socket)
        {
            scope.Error("a DNS cluster's host has a name; expected socket_address");
            return null;
        }

        return config with { DnsName = socket.Address, Port = (int)socket.PortValue };
    }
}
