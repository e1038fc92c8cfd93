using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Core.Routing;
using CoreRoute = Nuncio.Core.Routing.Route;
using WireRoute = Envoy.Config.Route.V3.Route;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to route. Stateless; any thread.</summary>
internal static class RouteConverter
{
    /// <summary>The route; null after an error. <paramref name="scope"/> is the place of the Route.</summary>
    internal static CoreRoute? Convert(WireRoute message, RouteConversion conversion, ConfigScope scope)
    {
        RouteContext context = conversion.Context;
        int before = scope.ErrorCount;
        RouteMatcher? matcher = null;
        if (message.Match is null)
        {
            scope.Field("match").Error("found nothing, expected what requests the route takes");
        }
        else
        {
            matcher = RouteMatchConverter.Convert(message.Match, context, scope.Field("match"));
        }

        var level = RouteLevelConverter.Convert(
            new(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd,
                message.ResponseHeadersToRemove, message.TypedPerFilterConfig),
            context,
            scope);
        RouteAction? action = null;
        WeightedClusters? clusters = null;
        RedirectAction? redirect = null;
        DirectResponseAction? direct = null;
        switch (message.ActionCase)
        {
            case WireRoute.ActionOneofCase.Route_:
                action = RouteActionConverter.Convert(message.Route_, matcher, conversion, scope.Field("route"), out clusters);
                break;
            case WireRoute.ActionOneofCase.Redirect:
                redirect = RedirectConverter.Convert(message.Redirect, context, scope.Field("redirect"));
                break;
            case WireRoute.ActionOneofCase.DirectResponse:
                direct = DirectResponseConverter.Convert(message.DirectResponse, conversion, scope.Field("direct_response"));
                break;
            default:
                scope.Error("found no action, expected one of route, redirect, direct_response");
                break;
        }

        return scope.ErrorCount != before ? null : new CoreRoute(matcher!, level)
        {
            Name = message.Name.Length == 0 ? null : message.Name,
            Metadata = message.Metadata is null ? null : MetadataConverter.Convert(message.Metadata),
            Action = action,
            Clusters = clusters,
            Redirect = redirect,
            DirectResponse = direct,
        };
    }
}
