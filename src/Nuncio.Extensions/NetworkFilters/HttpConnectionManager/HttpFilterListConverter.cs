using Google.Protobuf;
using Google.Protobuf.Collections;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.ExtensionConfigs;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.Routing;
using Wire = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Nuncio.Extensions.NetworkFilters.HttpConnectionManager;

/// <summary>The list of HTTP filters: each resolved by its type, the last one terminal and no other. Stateless.</summary>
internal static class HttpFilterListConverter
{
    internal static List<HttpFilterConfig> Convert(RepeatedField<Wire.HttpFilter> wire, FactoryContext context, ConfigScope scope)
    {
        var filters = new List<HttpFilterConfig>();
        int before = scope.ErrorCount;
        for (int i = 0; i < wire.Count; i++)
        {
            ConfigScope place = scope.Item(i);
            if (Resolve(wire[i], isLast: i == wire.Count - 1, context, place) is { } provider)
            {
                filters.Add(new HttpFilterConfig(wire[i].Name, FilterNames.Intern(wire[i].Name), provider, wire[i].Disabled));
            }
        }

        if (scope.ErrorCount == before)
        {
            CheckTerminal(filters, scope);
        }

        return filters;
    }

    private static HttpFilterProvider? Resolve(Wire.HttpFilter wire, bool isLast, FactoryContext context, ConfigScope scope)
    {
        if (wire.ConfigDiscovery is { } discovery)
        {
            return ExtensionConfigConverter.Convert(
                discovery, ExtensionConfigKinds.HttpFilter, wire.Name, isLast, context, scope.Field("config_discovery")) is { } config
                ? new DiscoveredHttpFilterProvider(config, isLast)
                : null;
        }

        ConfigScope place = scope.Field("typed_config");
        string type = Nuncio.Config.Loading.AnyDecoder.TypeName(wire.TypedConfig?.TypeUrl ?? "");
        if (wire.IsOptional && !context.Extensions.Has<IHttpFilterFactory>(type))
        {
            return null;
        }

        IHttpFilterFactory? factory = context.Extensions.Resolve<IHttpFilterFactory>(wire.TypedConfig, wire.Name, place, out IMessage? message);
        return factory?.Create(message!, context, place);
    }

    private static void CheckTerminal(List<HttpFilterConfig> filters, ConfigScope scope)
    {
        if (filters.Count == 0)
        {
            scope.Error("is empty; expected at least a terminal filter such as envoy.filters.http.router");
            return;
        }

        for (int i = 0; i < filters.Count; i++)
        {
            bool last = i == filters.Count - 1;
            if (filters[i].Provider.IsTerminal == last)
            {
                continue;
            }

            scope.Item(i).Error(last
                ? $"\"{filters[i].Name}\" is the last filter and does not end the chain; expected a terminal filter such as envoy.filters.http.router"
                : $"\"{filters[i].Name}\" ends the chain, so nothing may follow it");
        }
    }
}
