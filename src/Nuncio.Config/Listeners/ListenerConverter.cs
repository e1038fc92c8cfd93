using Google.Protobuf;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Sockets;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Sockets;
using Wire = Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners;

/// <summary>Wire message to <see cref="ListenerConfig"/>, with every error at its place. Stateless.</summary>
public static class ListenerConverter
{
    private const int DefaultBufferLimit = 1024 * 1024;

    /// <summary>Linux cuts it down to <c>net.core.somaxconn</c>, which is the default that Envoy documents.</summary>
    private const uint SystemBacklog = 65535;

    /// <summary>Converts one listener; null after an error.</summary>
    public static ListenerConfig? Convert(Wire.Listener wire, FactoryContext context, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        List<ListenAddress> addresses = Addresses(wire, scope);
        FilterChainConfig? chain = Chain(wire, context, scope);
        uint limit = wire.PerConnectionBufferLimitBytes ?? DefaultBufferLimit;
        if (limit > int.MaxValue)
        {
            scope.Field("per_connection_buffer_limit_bytes").Error($"found {limit}, expected at most {int.MaxValue}");
        }

        var accessLogs = AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log"));
        if (scope.ErrorCount > before)
        {
            return null;
        }

        return new ListenerConfig
        {
            Name = wire.Name.Length > 0 ? wire.Name : RandomName(context),
            Addresses = addresses,
            FilterChain = chain,
            StatPrefix = wire.StatPrefix,
            BufferLimit = (int)limit,
            Direction = (TrafficDirection)wire.TrafficDirection,
            AccessLogs = accessLogs,
            Source = wire,
        };
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
                Options(wire, wire.Address, wire.TcpKeepalive) with
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
                    Options(wire, more.Address, more.TcpKeepalive ?? wire.TcpKeepalive) with
                    {
                        SocketOptions = more.SocketOptions is { } own
                            ? SocketOptionConverter.Convert(own.SocketOptions, address, place.Field("socket_options").Field("socket_options"))
                            : SocketOptionConverter.Convert(wire.SocketOptions, address, scope.Field("socket_options")),
                    }));
            }
        }

        return addresses;
    }

    private static ListenSocketOptions Options(Wire.Listener wire, Envoy.Config.Core.V3.Address address, Envoy.Config.Core.V3.TcpKeepalive? keepAlive) => new()
    {
        ReusePort = wire.EnableReusePort ?? true,
        IPv4Compat = address.SocketAddress?.Ipv4Compat ?? false,
        Backlog = (int)Math.Min(wire.TcpBacklogSize ?? SystemBacklog, int.MaxValue),
        KeepAlive = SocketOptionConverter.KeepAlive(keepAlive),
    };

    private static FilterChainConfig? Chain(Wire.Listener wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.FilterChains.Count > 1)
        {
            scope.Field("filter_chains").Item(1).Error("more than one filter chain is not supported by this version");
        }

        if (wire.FilterChains.Count > 0)
        {
            return Chain(wire.FilterChains[0], context, scope.Field("filter_chains").Item(0));
        }

        if (wire.DefaultFilterChain is { } chain)
        {
            return Chain(chain, context, scope.Field("default_filter_chain"));
        }

        scope.Field("filter_chains").Error("no filter chains specified; expected one, or default_filter_chain");
        return null;
    }

    private static FilterChainConfig Chain(Wire.FilterChain wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.TransportSocket is { TypedConfig: { } socket } &&
            Loading.AnyDecoder.TypeName(socket.TypeUrl) != "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer")
        {
            scope.Field("transport_socket").Error($"\"{wire.TransportSocket.Name}\" is not supported by this version; expected envoy.transport_sockets.raw_buffer or none");
        }

        var filters = new List<NetworkFilterProvider>();
        for (int i = 0; i < wire.Filters.Count; i++)
        {
            Wire.Filter filter = wire.Filters[i];
            ConfigScope place = scope.Field("filters").Item(i);
            INetworkFilterFactory? factory = context.Extensions.Resolve<INetworkFilterFactory>(
                filter.TypedConfig, filter.Name, place.Field("typed_config"), out IMessage? message);
            if (factory?.Create(message!, context, place.Field("typed_config")) is not { } provider)
            {
                continue;
            }

            filters.Add(provider);
            bool last = i == wire.Filters.Count - 1;
            if (provider.IsTerminal != last)
            {
                place.Error(last
                    ? $"\"{filter.Name}\" is the last filter and does not end the chain; expected a terminal filter such as envoy.filters.network.tcp_proxy"
                    : $"\"{filter.Name}\" ends the chain, so nothing may follow it");
            }
        }

        return new FilterChainConfig(wire.Name.Length > 0 ? wire.Name : null, filters);
    }

    private static string RandomName(FactoryContext context) =>
        $"{context.MainDispatcher.Random.NextUInt64():x16}{context.MainDispatcher.Random.NextUInt64():x16}";
}
