using Envoy.Extensions.Network.DnsResolver.Getaddrinfo.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Sockets;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Clusters;

/// <summary>Wire message to <see cref="ClusterConfig"/>, with every error at its place. Stateless; control plane.</summary>
public static class ClusterConverter
{
    private const string RawBuffer = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
    private const uint DefaultBufferLimit = 1024 * 1024;

    /// <summary>
    /// Converts a list of clusters, whose names must differ; <paramref name="scope"/> is the place of the list. Clusters with errors
    /// are left out.
    /// </summary>
    /// <param name="bind">Where connections of clusters start that do not say it themselves.</param>
    public static IReadOnlyList<ClusterConfig> ConvertAll(
        IReadOnlyList<Wire.Cluster> wire, ConfigScope scope, UpstreamBindConfig? bind = null)
    {
        List<ClusterConfig> clusters = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < wire.Count; i++)
        {
            ConfigScope place = scope.Item(i);
            if (!seen.TryAdd(wire[i].Name, i))
            {
                place.Field("name").Error($"duplicate cluster \"{wire[i].Name}\"; the first is clusters[{seen[wire[i].Name]}]");
            }

            if (Convert(wire[i], place, bind) is { } cluster)
            {
                clusters.Add(cluster);
            }
        }

        return clusters;
    }

    /// <summary>Converts one cluster; null after an error.</summary>
    public static ClusterConfig? Convert(Wire.Cluster wire, ConfigScope scope, UpstreamBindConfig? bind = null)
    {
        int before = scope.ErrorCount;
        ClusterDiscoveryKind discovery = Discovery(wire, scope);
        CheckTransportSocket(wire.TransportSocket, scope.Field("transport_socket"));
        CheckResolver(wire.TypedDnsResolverConfig, scope.Field("typed_dns_resolver_config").Field("typed_config"));
        uint limit = wire.PerConnectionBufferLimitBytes ?? DefaultBufferLimit;
        if (limit > int.MaxValue)
        {
            scope.Field("per_connection_buffer_limit_bytes").Error($"found {limit}, expected at most {int.MaxValue}");
        }

        ClusterConfig config = new()
        {
            Name = wire.Name,
            AltStatName = wire.AltStatName,
            Discovery = discovery,
            ConnectTimeout = Time(wire.ConnectTimeout) ?? TimeSpan.FromSeconds(5),
            PerConnectionBufferLimit = (int)Math.Min(limit, int.MaxValue),
            LoadBalancing = LoadBalancingConverter.Convert(wire, scope),
            Endpoints = EndpointConverter.Convert(wire, discovery, scope),
            DefaultLimits = CircuitBreakerConverter.Convert(wire.CircuitBreakers, CoreWire.RoutingPriority.Default),
            HighLimits = CircuitBreakerConverter.Convert(wire.CircuitBreakers, CoreWire.RoutingPriority.High),
            Http = UpstreamHttpConverter.Convert(wire, scope),
            Dns = Dns(wire, scope),
            KeepAlive = SocketOptionConverter.KeepAlive(wire.UpstreamConnectionOptions?.TcpKeepalive),
            Bind = BindConverter.Convert(wire.UpstreamBindConfig, scope.Field("upstream_bind_config"), bind),
            HappyEyeballs = HappyEyeballs(wire.UpstreamConnectionOptions?.HappyEyeballsConfig),
            Metadata = MetadataConverter.Convert(wire.Metadata),
            Source = wire,
        };
        return scope.ErrorCount > before ? null : config;
    }

    /// <summary>The duration as a time span; null when there is none. Longer than a century is as good as forever.</summary>
    internal static TimeSpan? Time(Duration? wire)
    {
        const long Century = 100L * 365 * 24 * 3600;
        return wire is null ? null : new TimeSpan((Math.Clamp(wire.Seconds, 0, Century) * TimeSpan.TicksPerSecond) + Math.Max(0, wire.Nanos / 100));
    }

    private static ClusterDiscoveryKind Discovery(Wire.Cluster wire, ConfigScope scope)
    {
        switch (wire.Type)
        {
            case Wire.Cluster.Types.DiscoveryType.Static:
                return ClusterDiscoveryKind.Static;
            case Wire.Cluster.Types.DiscoveryType.StrictDns:
                return ClusterDiscoveryKind.StrictDns;
            case Wire.Cluster.Types.DiscoveryType.LogicalDns:
                return ClusterDiscoveryKind.LogicalDns;
            default:
                string name = wire.Type == Wire.Cluster.Types.DiscoveryType.Eds ? "EDS" : "ORIGINAL_DST";
                scope.Field("type").Error($"{name} is not supported by this version; expected STATIC, STRICT_DNS or LOGICAL_DNS");
                return ClusterDiscoveryKind.Static;
        }
    }

    private static void CheckTransportSocket(CoreWire.TransportSocket? wire, ConfigScope scope)
    {
        if (wire is null)
        {
            return;
        }

        bool isRaw = wire.TypedConfig is { } config
            ? AnyDecoder.TypeName(config.TypeUrl) == RawBuffer
            : wire.Name == "envoy.transport_sockets.raw_buffer";
        if (!isRaw)
        {
            scope.Error($"\"{wire.Name}\" is not supported by this version; expected envoy.transport_sockets.raw_buffer or none");
        }
    }

    private static DnsConfig Dns(Wire.Cluster wire, ConfigScope scope)
    {
        TimeSpan? failureBase = Time(wire.DnsFailureRefreshRate?.BaseInterval);
        TimeSpan? failureMax = Time(wire.DnsFailureRefreshRate?.MaxInterval);
        if (failureMax < failureBase)
        {
            scope.Field("dns_failure_refresh_rate").Field("max_interval").Error("must be at least base_interval");
        }

        return new DnsConfig
        {
            LookupFamily = (DnsLookupFamily)wire.DnsLookupFamily,
            RefreshRate = Time(wire.DnsRefreshRate) ?? TimeSpan.FromSeconds(5),
            Jitter = Time(wire.DnsJitter) ?? TimeSpan.Zero,
            FailureBase = failureBase,
            FailureMax = failureMax,
        };
    }

    private static void CheckResolver(CoreWire.TypedExtensionConfig? wire, ConfigScope scope)
    {
        if (wire?.TypedConfig is { } config && AnyDecoder.TypeName(config.TypeUrl) != GetAddrInfoDnsResolverConfig.Descriptor.FullName)
        {
            scope.Error(
                $"{AnyDecoder.TypeName(config.TypeUrl)} is not supported by this version; expected {GetAddrInfoDnsResolverConfig.Descriptor.FullName}");
        }
    }

    private static HappyEyeballsConfig HappyEyeballs(Wire.UpstreamConnectionOptions.Types.HappyEyeballsConfig? wire) => new()
    {
        FirstFamily = wire?.FirstAddressFamilyVersion switch
        {
            Wire.UpstreamConnectionOptions.Types.FirstAddressFamilyVersion.V4 => AddressKind.IPv4,
            Wire.UpstreamConnectionOptions.Types.FirstAddressFamilyVersion.V6 => AddressKind.IPv6,
            _ => null,
        },
        FirstFamilyCount = (int)Math.Min(wire?.FirstAddressFamilyCount ?? 1, int.MaxValue),
    };
}
