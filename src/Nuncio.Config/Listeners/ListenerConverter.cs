using Nuncio.Config.AccessLog;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners.Matching;
using Nuncio.Config.Sockets;
using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;
using Wire = Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners;

/// <summary>Wire message to <see cref="ListenerConfig"/>, with every error at its place. Stateless.</summary>
public static class ListenerConverter
{
    private const int DefaultBufferLimit = 1024 * 1024;

    /// <summary>Linux cuts it down to <c>net.core.somaxconn</c>, which is the default that Envoy documents.</summary>
    private const uint SystemBacklog = 65535;

    private static readonly TimeSpan s_defaultFiltersTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Converts one listener; null after an error.</summary>
    /// <param name="fallbackName">Its name if it has none; null makes one up.</param>
    public static ListenerConfig? Convert(Wire.Listener wire, FactoryContext context, ConfigScope scope, string? fallbackName = null)
    {
        int before = scope.ErrorCount;
        string name = wire.Name.Length > 0 ? wire.Name : fallbackName ?? RandomName(context);
        if (UdpListenerConverter.IsUdp(wire))
        {
            return UdpListenerConverter.Convert(wire, name, context, scope) is { } udp
                ? udp with { Direction = (TrafficDirection)wire.TrafficDirection, DrainType = (DrainType)wire.DrainType, Settings = WithoutChains(wire) }
                : null;
        }

        if (wire.UdpListenerConfig is not null)
        {
            scope.Field("udp_listener_config").Error("is for listeners whose address has protocol: UDP");
        }

        context = context with { WarmTargets = new List<IWarmTarget>() };
        List<ListenAddress> addresses = wire.InternalListener is null ? Addresses(wire, scope) : Internal(wire, name, scope);
        if (wire.FilterChains.Count == 0 && wire.DefaultFilterChain is null)
        {
            scope.Field("filter_chains").Error("no filter chains specified; expected one, or default_filter_chain");
        }

        uint limit = wire.PerConnectionBufferLimitBytes ?? DefaultBufferLimit;
        if (limit > int.MaxValue)
        {
            scope.Field("per_connection_buffer_limit_bytes").Error($"found {limit}, expected at most {int.MaxValue}");
        }

        var config = new ListenerConfig
        {
            Name = name,
            Addresses = addresses,
            FilterChains = FilterChainConverter.ConvertAll(wire.FilterChains, context, scope.Field("filter_chains")),
            DefaultFilterChain = wire.DefaultFilterChain is { } chain
                ? FilterChainConverter.Convert(chain, context, scope.Field("default_filter_chain"))
                : null,
            Selector = FilterChainSelectorConverter.Convert(wire, context, scope) ?? new Core.Listeners.Matching.FixedChainSelector(0),
            ListenerFilters = ListenerFilterListConverter.Convert(wire.ListenerFilters, context, scope.Field("listener_filters")),
            ListenerFiltersTimeout = wire.ListenerFiltersTimeout?.ToTimeSpan() ?? s_defaultFiltersTimeout,
            ContinueOnListenerFiltersTimeout = wire.ContinueOnListenerFiltersTimeout,
            StatPrefix = wire.StatPrefix,
            BufferLimit = (int)Math.Min(limit, int.MaxValue),
            Direction = (TrafficDirection)wire.TrafficDirection,
            DrainType = (DrainType)wire.DrainType,
            IsInternal = wire.InternalListener is not null,
            BindToPort = wire.InternalListener is null && (wire.BindToPort ?? wire.DeprecatedV1?.BindToPort ?? true),
            UseOriginalDestination = wire.UseOriginalDst ?? false,
            Balance = wire.ConnectionBalanceConfig is null ? ConnectionBalance.None : ConnectionBalance.Exact,
            MaxAcceptsPerEvent = (int)Math.Min(wire.MaxConnectionsToAcceptPerSocketEvent ?? 0, int.MaxValue),
            IgnoreGlobalConnectionLimit = wire.IgnoreGlobalConnLimit,
            BypassOverloadManager = wire.BypassOverloadManager,
            Metadata = MetadataConverter.Convert(wire.Metadata),
            AccessLogs = AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log")),
            WarmTargets = [.. context.WarmTargets],
            Settings = WithoutChains(wire),
            Source = wire,
        };
        return scope.ErrorCount > before ? null : config;
    }

    // What may change without touching the connections of chains that stay.
    private static Wire.Listener WithoutChains(Wire.Listener wire)
    {
        Wire.Listener settings = new(wire) { DefaultFilterChain = null, FilterChainMatcher = null };
        settings.FilterChains.Clear();
        return settings;
    }

    private static List<ListenAddress> Internal(Wire.Listener wire, string name, ConfigScope scope)
    {
        if (wire.Address is not null)
        {
            scope.Field("address").Error("an internal listener has no address; upstream hosts name it by its name");
        }

        foreach ((bool isSet, string field) in (ReadOnlySpan<(bool, string)>)[
            (wire.AdditionalAddresses.Count > 0, "additional_addresses"), (wire.ConnectionBalanceConfig is not null, "connection_balance_config"),
            (wire.EnableMptcp, "enable_mptcp"), (wire.EnableReusePort is not null, "enable_reuse_port"), (wire.Freebind is true, "freebind"),
            (wire.TcpBacklogSize is not null, "tcp_backlog_size"), (wire.TcpFastOpenQueueLength is not null, "tcp_fast_open_queue_length"),
            (wire.Transparent is true, "transparent"), (wire.SocketOptions.Count > 0, "socket_options")])
        {
            if (isSet)
            {
                scope.Field(field).Error("is for listeners with sockets; an internal listener has none");
            }
        }

        return [new ListenAddress(NetworkAddress.FromInternal(name), new ListenSocketOptions())];
    }

    private static List<ListenAddress> Addresses(Wire.Listener wire, ConfigScope scope)
    {
        var addresses = new List<ListenAddress>();
        if (wire.Address is null)
        {
            scope.Field("address").Error("is missing; expected the address to listen on");
        }
        else if (AddressConverter.Convert(wire.Address, scope.Field("address")) is { } main)
        {
            addresses.Add(new ListenAddress(
                main,
                Options(wire, wire.Address, wire.TcpKeepalive, scope, scope.Field("address")) with
                {
                    SocketOptions = SocketOptionConverter.Convert(wire.SocketOptions, main, scope.Field("socket_options")),
                }));
        }

        for (int i = 0; i < wire.AdditionalAddresses.Count; i++)
        {
            Wire.AdditionalAddress more = wire.AdditionalAddresses[i];
            ConfigScope place = scope.Field("additional_addresses").Item(i);
            if (more.Address is null)
            {
                place.Field("address").Error("is missing; expected one more address to listen on");
            }
            else if (AddressConverter.Convert(more.Address, place.Field("address")) is { } address)
            {
                addresses.Add(new ListenAddress(
                    address,
                    Options(wire, more.Address, more.TcpKeepalive ?? wire.TcpKeepalive, scope, place.Field("address")) with
                    {
                        SocketOptions = more.SocketOptions is { } own
                            ? SocketOptionConverter.Convert(own.SocketOptions, address, place.Field("socket_options").Field("socket_options"))
                            : SocketOptionConverter.Convert(wire.SocketOptions, address, scope.Field("socket_options")),
                    }));
            }
        }

        RefuseTwice(addresses, scope);
        return addresses;
    }

    // Both would be bound, and each get a share of the clients for no purpose.
    private static void RefuseTwice(List<ListenAddress> addresses, ConfigScope scope)
    {
        var seen = new HashSet<NetworkAddress>();
        foreach (ListenAddress address in addresses)
        {
            if (address.Address is not { IsIp: true, Port: 0 } && !seen.Add(address.Address))
            {
                scope.Field("additional_addresses").Error($"found {address.Address} twice, expected each address once");
            }
        }
    }

    private static ListenSocketOptions Options(
        Wire.Listener wire, Envoy.Config.Core.V3.Address address, Envoy.Config.Core.V3.TcpKeepalive? keepAlive, ConfigScope scope, ConfigScope place)
    {
        if (address.SocketAddress is { Ipv4Compat: true } socket && !TakesIPv4(socket.Address))
        {
            place.Field("socket_address").Field("ipv4_compat").Error(
                $"is for the IPv6 address :: or an IPv4-mapped one such as ::ffff:192.0.2.1; found \"{socket.Address}\"");
        }

        if (wire.EnableMptcp && address.SocketAddress is null)
        {
            scope.Field("enable_mptcp").Error("is for IP addresses only");
        }

        return new ListenSocketOptions
        {
            ReusePort = wire.EnableReusePort ?? true,
            IPv4Compat = address.SocketAddress?.Ipv4Compat ?? false,
            Backlog = (int)Math.Min(wire.TcpBacklogSize ?? SystemBacklog, int.MaxValue),
            Transparent = wire.Transparent ?? false,
            Freebind = wire.Freebind ?? false,
            FastOpenQueueLength = wire.TcpFastOpenQueueLength is { } queue ? (int)Math.Min(queue, int.MaxValue) : null,
            Mptcp = wire.EnableMptcp,
            KeepAlive = SocketOptionConverter.KeepAlive(keepAlive),
        };
    }

    private static bool TakesIPv4(string address) =>
        System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? ip) && (ip.Equals(System.Net.IPAddress.IPv6Any) || ip.IsIPv4MappedToIPv6);

    private static string RandomName(FactoryContext context) =>
        $"{context.MainDispatcher.Random.NextUInt64():x16}{context.MainDispatcher.Random.NextUInt64():x16}";
}
