using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.ExtensionConfigs;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;
using Wire = Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners;

/// <summary>A listener's <c>listener_filters</c> to ours, with every error at its place. Stateless.</summary>
public static class ListenerFilterListConverter
{
    /// <summary>Converts the list; filters with errors are left out.</summary>
    public static IReadOnlyList<ListenerFilterConfig> Convert(IReadOnlyList<Wire.ListenerFilter> wire, FactoryContext context, ConfigScope scope)
    {
        var filters = new List<ListenerFilterConfig>();
        for (int i = 0; i < wire.Count; i++)
        {
            ConfigScope place = scope.Item(i);
            var disabledFor = ListenerFilterPredicateConverter.Convert(wire[i].FilterDisabled, place.Field("filter_disabled"));
            if (Provider(wire[i], context, place) is { } provider)
            {
                filters.Add(new ListenerFilterConfig(wire[i].Name, provider, disabledFor));
            }
        }

        return filters;
    }

    private static ListenerFilterProvider? Provider(Wire.ListenerFilter wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.ConfigDiscovery is { } discovery)
        {
            return ExtensionConfigConverter.Convert(
                discovery, ExtensionConfigKinds.ListenerFilter, wire.Name, isLast: false, context, scope.Field("config_discovery")) is { } config
                ? new DiscoveredListenerFilterProvider(config)
                : null;
        }

        ConfigScope place = scope.Field("typed_config");
        return context.Extensions.Resolve<IListenerFilterFactory>(wire.TypedConfig, wire.Name, place, out IMessage? message)?.Create(message!, context, place);
    }
}
