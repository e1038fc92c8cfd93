using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Sockets;
using Nuncio.Core.Listeners;
using Nuncio.Core.Udp;
using Nuncio.IO.Sockets;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners;

/// <summary>A listener whose address is UDP to <see cref="ListenerConfig"/>, with every error at its place. Stateless.</summary>
internal static class UdpListenerConverter
{
    private const string NotForUdp = "is for TCP listeners; a UDP listener has no connections";

    /// <summary>Whether the listener takes datagrams.</summary>
    internal static bool IsUdp(Wire.Listener wire) => IsUdp(wire.Address);

    /// <summary>Converts it; null after an error.</summary>
    internal static ListenerConfig? Convert(Wire.Listener wire, string name, FactoryContext context, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        RefuseForConnections(wire, scope);
        var addresses = new List<ListenAddress>();
        Add(addresses, wire, wire.Address, wire.SocketOptions, scope.Field("address"), scope.Field("socket_options"));
        for (int i = 0; i < wire.AdditionalAddresses.Count; i++)
        {
            Wire.AdditionalAddress more = wire.AdditionalAddresses[i];
            ConfigScope place = scope.Field("additional_addresses").Item(i);
            if (!IsUdp(more.Address))
            {
                place.Field("address").Error("is no UDP address; all addresses of a listener are of one kind");
            }
            else
            {
                ConfigScope options = more.SocketOptions is null ? scope.Field("socket_options") : place.Field("socket_options").Field("socket_options");
                Add(addresses, wire, more.Address, more.SocketOptions?.SocketOptions ?? wire.SocketOptions, place.Field("address"), options);
            }
        }

        UdpFilterProvider? filter = Filter(wire.ListenerFilters, context, scope.Field("listener_filters"));
        return filter is null || scope.ErrorCount > before ? null : new ListenerConfig
        {
            Name = name,
            Addresses = addresses,
            StatPrefix = wire.StatPrefix,
            Udp = new UdpListenerConfig(filter, MaxDatagramSize(wire.UdpListenerConfig?.DownstreamSocketConfig)),
            Source = wire,
        };
    }

    /// <summary><c>max_rx_datagram_size</c>, or its default.</summary>
    private static int MaxDatagramSize(CoreWire.UdpSocketConfig? wire) => (int)(wire?.MaxRxDatagramSize ?? UdpListenerConfig.DefaultMaxDatagramSize);

    private static bool IsUdp(CoreWire.Address? wire) => wire?.SocketAddress?.Protocol == CoreWire.SocketAddress.Types.Protocol.Udp;

    private static void Add(
        List<ListenAddress> addresses,
        Wire.Listener wire,
        CoreWire.Address address,
        Google.Protobuf.Collections.RepeatedField<CoreWire.SocketOption> options,
        ConfigScope place,
        ConfigScope optionPlace)
    {
        if (AddressConverter.Convert(address, place, allowsUdp: true) is not { } converted)
        {
            return;
        }

        addresses.Add(new ListenAddress(converted, new ListenSocketOptions
        {
            Datagram = true,
            ReusePort = wire.EnableReusePort ?? true,
            IPv4Compat = address.SocketAddress.Ipv4Compat,
            Transparent = wire.Transparent ?? false,
            Freebind = wire.Freebind ?? false,
            NoDelay = false,
            SocketOptions = SocketOptionConverter.ConvertForDatagrams(options, converted, optionPlace),
        }));
    }

    private static UdpFilterProvider? Filter(IReadOnlyList<Wire.ListenerFilter> wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.Count != 1)
        {
            scope.Error($"found {wire.Count}; a UDP listener has one listener filter, which takes its datagrams");
            return null;
        }

        ConfigScope place = scope.Item(0);
        if (wire[0].FilterDisabled is not null)
        {
            place.Field("filter_disabled").Error("is for TCP listeners; without its filter a UDP listener does nothing");
        }

        if (wire[0].ConfigDiscovery is not null)
        {
            place.Field("config_discovery").Error("is not supported by this version for UDP listeners");
            return null;
        }

        ConfigScope typed = place.Field("typed_config");
        IUdpListenerFilterFactory? factory = context.Extensions.Resolve<IUdpListenerFilterFactory>(wire[0].TypedConfig, wire[0].Name, typed, out IMessage? message);
        return factory?.Create(message!, context, typed);
    }

    private static void RefuseForConnections(Wire.Listener wire, ConfigScope scope)
    {
        Refuse(wire.FilterChains.Count > 0, "filter_chains", scope, "stands on a UDP listener, which has no connections; its filter goes into listener_filters");
        Refuse(wire.DefaultFilterChain is not null, "default_filter_chain", scope);
        Refuse(wire.FilterChainMatcher is not null, "filter_chain_matcher", scope);
        Refuse(wire.InternalListener is not null, "internal_listener", scope);
        Refuse(wire.ConnectionBalanceConfig is not null, "connection_balance_config", scope);
        Refuse(wire.UseOriginalDst == true, "use_original_dst", scope);
        Refuse((wire.BindToPort ?? wire.DeprecatedV1?.BindToPort) == false, "bind_to_port", scope, "is false on a UDP listener, which nobody could hand datagrams to");
        Refuse(wire.EnableMptcp, "enable_mptcp", scope);
        Refuse(wire.TcpFastOpenQueueLength is not null, "tcp_fast_open_queue_length", scope);
        Refuse(wire.TcpBacklogSize is not null, "tcp_backlog_size", scope);
        Refuse(wire.TcpKeepalive is not null, "tcp_keepalive", scope);
        Refuse(wire.MaxConnectionsToAcceptPerSocketEvent is not null, "max_connections_to_accept_per_socket_event", scope);
        Refuse(wire.AccessLog.Count > 0, "access_log", scope, "is for connections; the filter of a UDP listener has access logs of its own");
    }

    private static void Refuse(bool isSet, string field, ConfigScope scope, string message = NotForUdp)
    {
        if (isSet)
        {
            scope.Field(field).Error(message);
        }
    }
}
