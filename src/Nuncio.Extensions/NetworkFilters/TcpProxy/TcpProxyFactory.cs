using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Clusters;
using Nuncio.Core.NetworkFilters;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>Wire message to <see cref="TcpProxyConfig"/>, with every error at its place. Stateless.</summary>
public sealed class TcpProxyFactory : INetworkFilterFactory
{
    /// <summary>The only metadata that load balancing looks at.</summary>
    private const string LoadBalancingMetadata = "envoy.lb";

    /// <summary>Longer durations mean never; this fits the sum of a few in 64 bits.</summary>
    private const long MaxSeconds = 1_000_000_000;

    /// <inheritdoc/>
    public string Name => "envoy.filters.network.tcp_proxy";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.TcpProxy.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.TcpProxy)message;
        int before = scope.ErrorCount;
        ClusterChoice clusters = Clusters(wire, scope);
        Refuse(wire.MetadataMatch, scope.Field("metadata_match"));
        CheckLogOptions(wire, scope);
        var defaults = new TcpProxyConfig { StatPrefix = wire.StatPrefix, Clusters = clusters };
        Wire.TcpProxy.Types.TcpAccessLogOptions? log = wire.AccessLogOptions;
        TcpProxyConfig config = defaults with
        {
            IdleTimeoutNanos = wire.IdleTimeout is { } idle ? Nanos(idle) : defaults.IdleTimeoutNanos,
            MaxConnectAttempts = wire.MaxConnectAttempts ?? 1,
            BackOff = BackOff(wire.BackoffOptions, scope.Field("backoff_options")),
            MaxConnectionDurationNanos = Nanos(wire.MaxDownstreamConnectionDuration),
            MaxConnectionDurationJitter = wire.MaxDownstreamConnectionDurationJitterPercentage?.Value ?? 0,
            AccessLogs = AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log")),
            LogOnStart = log?.FlushAccessLogOnStart ?? false,
            LogOnConnected = log?.FlushAccessLogOnConnected ?? wire.FlushAccessLogOnConnected,
            LogIntervalNanos = Nanos(log is null ? wire.AccessLogFlushInterval : log.AccessLogFlushInterval),
        };
        return scope.ErrorCount > before ? null : new TcpProxyProvider(config);
    }

    private static ClusterChoice Clusters(Wire.TcpProxy wire, ConfigScope scope)
    {
        if (wire.ClusterSpecifierCase != Wire.TcpProxy.ClusterSpecifierOneofCase.WeightedClusters)
        {
            if (wire.Cluster.Length == 0)
            {
                scope.Field("cluster").Error("is empty; expected the name of a cluster, or weighted_clusters");
            }

            return ClusterChoice.Of(wire.Cluster);
        }

        ConfigScope place = scope.Field("weighted_clusters").Field("clusters");
        var clusters = new List<(ClusterRef, uint)>();
        for (int i = 0; i < wire.WeightedClusters.Clusters.Count; i++)
        {
            Wire.TcpProxy.Types.WeightedCluster.Types.ClusterWeight cluster = wire.WeightedClusters.Clusters[i];
            Refuse(cluster.MetadataMatch, place.Item(i).Field("metadata_match"));
            clusters.Add((ClusterRef.Of(cluster.Name), cluster.Weight));
        }

        return new ClusterChoice(clusters);
    }

    /// <summary>Other metadata than load balancing's has no effect, here as in Envoy.</summary>
    private static void Refuse(CoreWire.Metadata? metadata, ConfigScope scope)
    {
        if (metadata?.FilterMetadata.ContainsKey(LoadBalancingMetadata) == true)
        {
            scope.Field("filter_metadata").Key(LoadBalancingMetadata).Error("choosing hosts by metadata is not supported by this version");
        }
    }

    private static void CheckLogOptions(Wire.TcpProxy wire, ConfigScope scope)
    {
        if (wire.AccessLogOptions is null)
        {
            return;
        }

        if (wire.FlushAccessLogOnConnected)
        {
            scope.Field("flush_access_log_on_connected").Error("cannot be set together with access_log_options, which replaces it");
        }

        if (wire.AccessLogFlushInterval is not null)
        {
            scope.Field("access_log_flush_interval").Error("cannot be set together with access_log_options, which replaces it");
        }
    }

    private static ConnectBackOff? BackOff(CoreWire.BackoffStrategy? wire, ConfigScope scope)
    {
        if (wire is null)
        {
            return null;
        }

        long first = Math.Max(Nanos(wire.BaseInterval), 1_000_000);
        long last = wire.MaxInterval is null ? first * 10 : Nanos(wire.MaxInterval);
        if (last < first)
        {
            scope.Field("max_interval").Error("is shorter than base_interval; expected at least as long");
        }

        return new ConnectBackOff(first, last);
    }

    private static long Nanos(Duration? duration) =>
        duration is null ? 0 : Math.Min(duration.Seconds, MaxSeconds) * 1_000_000_000 + duration.Nanos;
}
