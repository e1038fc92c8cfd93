using Google.Protobuf;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.ExtensionConfigs;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners;

/// <summary>Wire message to <see cref="FilterChainConfig"/>, with every error at its place. Stateless.</summary>
public static class FilterChainConverter
{
    private const string RawBuffer = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    /// <summary>Converts a list of chains. <paramref name="scope"/> is the place of the list.</summary>
    public static IReadOnlyList<FilterChainConfig> ConvertAll(IReadOnlyList<Wire.FilterChain> wire, FactoryContext context, ConfigScope scope)
    {
        var chains = new FilterChainConfig[wire.Count];
        for (int i = 0; i < chains.Length; i++)
        {
            chains[i] = Convert(wire[i], context, scope.Item(i));
        }

        return chains;
    }

    /// <summary>Converts one chain; errors are in <paramref name="scope"/>.</summary>
    public static FilterChainConfig Convert(Wire.FilterChain wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.TransportSocket is { TypedConfig: { } socket } && Loading.AnyDecoder.TypeName(socket.TypeUrl) != RawBuffer)
        {
            scope.Field("transport_socket").Error($"\"{wire.TransportSocket.Name}\" is not supported by this version; expected envoy.transport_sockets.raw_buffer or none");
        }

        var filters = new List<NetworkFilterProvider>();
        for (int i = 0; i < wire.Filters.Count; i++)
        {
            Wire.Filter filter = wire.Filters[i];
            ConfigScope place = scope.Field("filters").Item(i);
            bool last = i == wire.Filters.Count - 1;
            if (Provider(filter, last, context, place) is not { } provider)
            {
                continue;
            }

            filters.Add(provider);
            if (provider.IsTerminal != last)
            {
                place.Error(last
                    ? $"\"{filter.Name}\" is the last filter and does not end the chain; expected a terminal filter such as envoy.filters.network.tcp_proxy"
                    : $"\"{filter.Name}\" ends the chain, so nothing may follow it");
            }
        }

        return new FilterChainConfig(wire.Name.Length > 0 ? wire.Name : null, filters)
        {
            Metadata = MetadataConverter.Convert(wire.Metadata),
            TransportSocketConnectTimeout = wire.TransportSocketConnectTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
            Source = wire,
        };
    }

    private static NetworkFilterProvider? Provider(Wire.Filter wire, bool isLast, FactoryContext context, ConfigScope scope)
    {
        if (wire.ConfigDiscovery is { } discovery)
        {
            return ExtensionConfigConverter.Convert(
                discovery, ExtensionConfigKinds.NetworkFilter, wire.Name, isLast, context, scope.Field("config_discovery")) is { } config
                ? new DiscoveredNetworkFilterProvider(config, isLast)
                : null;
        }

        ConfigScope place = scope.Field("typed_config");
        return context.Extensions.Resolve<INetworkFilterFactory>(wire.TypedConfig, wire.Name, place, out IMessage? message)?.Create(message!, context, place);
    }
}
