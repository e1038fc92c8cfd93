using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
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
            IListenerFilterFactory? factory = context.Extensions.Resolve<IListenerFilterFactory>(
                wire[i].TypedConfig, wire[i].Name, place.Field("typed_config"), out IMessage? message);
            var disabledFor = ListenerFilterPredicateConverter.Convert(wire[i].FilterDisabled, place.Field("filter_disabled"));
            if (factory?.Create(message!, context, place.Field("typed_config")) is { } provider)
            {
                filters.Add(new ListenerFilterConfig(wire[i].Name, provider, disabledFor));
            }
        }

        return filters;
    }
}
