using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Core.Routing;

namespace Nuncio.Config.Routes;

/// <summary>
/// The fields that route table, virtual host, route and weighted cluster have alike, to a level. Stateless; any thread.
/// </summary>
internal static class RouteLevelConverter
{
    /// <summary>The level; what is wrong is left out and reported. <paramref name="scope"/> is the place of the message with the fields.</summary>
    internal static RouteLevel Convert(
        in RouteLevelFields fields, RouteContext context, ConfigScope scope) => new()
    {
        RequestHeaders = HeaderMutationConverter.Convert(
            fields.RequestAdd, fields.RequestRemove, context.Formatting,
            scope.Field("request_headers_to_add"), scope.Field("request_headers_to_remove")),
        ResponseHeaders = HeaderMutationConverter.Convert(
            fields.ResponseAdd, fields.ResponseRemove, context.Formatting,
            scope.Field("response_headers_to_add"), scope.Field("response_headers_to_remove")),
        Filters = FilterOverrideConverter.Convert(fields.Filters, context, scope.Field("typed_per_filter_config")),
    };
}

/// <summary>The fields of one message.</summary>
internal readonly record struct RouteLevelFields(
    RepeatedField<HeaderValueOption> RequestAdd,
    RepeatedField<string> RequestRemove,
    RepeatedField<HeaderValueOption> ResponseAdd,
    RepeatedField<string> ResponseRemove,
    MapField<string, Any> Filters);
