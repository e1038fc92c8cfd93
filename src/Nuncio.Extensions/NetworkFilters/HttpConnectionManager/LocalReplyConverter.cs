using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Formatting;
using Nuncio.Config.Routes;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Core.HttpConnection;
using Wire = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Nuncio.Extensions.NetworkFilters.HttpConnectionManager;

/// <summary>Wire message to <see cref="LocalReplyConfig"/>. Stateless.</summary>
internal static class LocalReplyConverter
{
    /// <summary>Longest body of a reply; they are kept in memory and sent to anyone.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    internal static LocalReplyConfig Convert(Wire.LocalReplyConfig? wire, FactoryContext context, ConfigScope scope)
    {
        if (wire is null)
        {
            return LocalReplyConfig.Default;
        }

        var mappers = new List<LocalReplyMapper>();
        for (int i = 0; i < wire.Mappers.Count; i++)
        {
            if (Mapper(wire.Mappers[i], context, scope.Field("mappers").Item(i)) is { } mapper)
            {
                mappers.Add(mapper);
            }
        }

        return new LocalReplyConfig(mappers, Format(wire.BodyFormat, context, scope.Field("body_format")));
    }

    private static LocalReplyMapper? Mapper(Wire.ResponseMapper wire, FactoryContext context, ConfigScope scope)
    {
        if (wire.Filter is null)
        {
            scope.Error("has no filter; expected one that says which replies it is for");
            return null;
        }

        IAccessLogFilter? filter = AccessLogFilterConverter.Convert(wire.Filter, context, scope.Field("filter"));
        byte[]? body = wire.Body is null ? null : DataSourceReader.Read(wire.Body, MaxBodyBytes, scope.Field("body"));
        return filter is null
            ? null
            : new LocalReplyMapper(
                filter,
                (int)(wire.StatusCode ?? 0),
                body,
                Format(wire.BodyFormatOverride, context, scope.Field("body_format_override")),
                HeaderMutationConverter.Convert(wire.HeadersToAdd, [], context.Formatting, scope.Field("headers_to_add"), scope));
    }

    private static SubstitutionFormatter? Format(Envoy.Config.Core.V3.SubstitutionFormatString? wire, FactoryContext context, ConfigScope scope) =>
        wire is null ? null : SubstitutionFormatConverter.Convert(wire, context, scope);
}
