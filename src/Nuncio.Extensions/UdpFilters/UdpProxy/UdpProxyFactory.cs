using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Matching.Tree;
using Nuncio.Core.Clusters;
using Nuncio.Core.Streams;
using Nuncio.Core.Udp;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Wire = Envoy.Extensions.Filters.Udp.UdpProxy.V3;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>Wire message to <see cref="UdpProxyConfig"/>, with every error at its place. Stateless.</summary>
public sealed class UdpProxyFactory : IUdpListenerFilterFactory
{
    /// <summary>Longer durations mean never; this fits the sum of a few in 64 bits.</summary>
    private const long MaxSeconds = 1_000_000_000;

    /// <inheritdoc/>
    public string Name => "envoy.filters.udp_listener.udp_proxy";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.UdpProxyConfig.Descriptor;

    /// <inheritdoc/>
    public UdpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.UdpProxyConfig)message;
        int before = scope.ErrorCount;
        UdpRouter? router = Router(wire, context, scope);
        if (wire.UseOriginalSrcIp && !AllowsTransparent(context.MainDispatcher.Sockets))
        {
            scope.Field("use_original_src_ip").Error("needs the capability CAP_NET_ADMIN, which this process does not have");
        }

        var config = new UdpProxyConfig
        {
            StatPrefix = wire.StatPrefix,
            Router = router ?? UdpRouter.To(""),
            UseOriginalSourceIp = wire.UseOriginalSrcIp,
            UsePerPacketLoadBalancing = wire.UsePerPacketLoadBalancing,
            HashPolicy = wire.HashPolicies.Count == 0 ? null : HashPolicy(wire.HashPolicies[0]),
            MaxUpstreamDatagramSize = (int)(wire.UpstreamSocketConfig?.MaxRxDatagramSize ?? UdpListenerConfig.DefaultMaxDatagramSize),
            SessionLogs = AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log")),
            ProxyLogs = AccessLogConverter.Convert(wire.ProxyAccessLog, context, scope.Field("proxy_access_log")),
            LogIntervalNanos = wire.AccessLogOptions?.AccessLogFlushInterval is { } interval ? Nanos(interval) : 0,
        };
        if (wire.IdleTimeout is { } idle)
        {
            config = config with { IdleTimeoutNanos = Nanos(idle) };
        }

        return scope.ErrorCount > before ? null : new UdpProxyProvider(config, context.Stats.CellCount);
    }

    private static UdpRouter? Router(Wire.UdpProxyConfig wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.RouteSpecifierCase != Wire.UdpProxyConfig.RouteSpecifierOneofCase.Matcher)
        {
            return UdpRouter.To(wire.Cluster);
        }

        var converter = new MatchTreeConverter<ConnectionInfo, ClusterRef>(UdpMatchInputs.Instance, Action, context);
        return converter.Convert(wire.Matcher, scope.Field("matcher")) is { } tree ? UdpRouter.By(tree) : null;
    }

    private static ClusterRef? Action(Xds.Core.V3.TypedExtensionConfig wire, ConfigScope scope)
    {
        ConfigScope place = scope.Field("typed_config");
        IMessage? message = TypedMessage.Unpack(wire, "UDP route", place);
        if (message is Wire.Route route)
        {
            return ClusterRef.Of(route.Cluster);
        }

        if (message is not null)
        {
            place.Error($"action \"{wire.Name}\": found {message.Descriptor.FullName}, expected {Wire.Route.Descriptor.FullName}");
        }

        return null;
    }

    private static UdpHashPolicy HashPolicy(Wire.UdpProxyConfig.Types.HashPolicy wire) =>
        wire.PolicySpecifierCase == Wire.UdpProxyConfig.Types.HashPolicy.PolicySpecifierOneofCase.Key ? UdpHashPolicy.Key(wire.Key) : UdpHashPolicy.SourceIp;

    /// <summary>Tried out, as Envoy does: a session could do nothing but fail.</summary>
    private static bool AllowsTransparent(SocketApi sockets)
    {
        int fd = sockets.DatagramSocket(AddressKind.IPv4);
        if (fd < 0)
        {
            return fd == -Errno.ProtocolNotSupported;
        }

        int result = sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent, 1);
        sockets.Close(fd);
        return result >= 0;
    }

    private static long Nanos(Duration duration) => Math.Min(duration.Seconds, MaxSeconds) * 1_000_000_000 + duration.Nanos;
}
