using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.HttpFilters;
using Wire = Envoy.Extensions.Filters.Http.Buffer.V3;

namespace Nuncio.Extensions.HttpFilters.Buffer;

/// <summary>Wire messages to <see cref="BufferConfig"/>. Stateless.</summary>
public sealed class BufferFactory : IHttpFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.http.buffer";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Buffer.Descriptor;

    /// <inheritdoc/>
    public MessageDescriptor RouteConfigType => Wire.BufferPerRoute.Descriptor;

    /// <inheritdoc/>
    public HttpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        Convert((Wire.Buffer)message, scope) is { } config ? new BufferProvider(config) : null;

    /// <inheritdoc/>
    public object? CreateRouteConfig(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.BufferPerRoute)message;
        return wire.OverrideCase == Wire.BufferPerRoute.OverrideOneofCase.Buffer
            ? Convert(wire.Buffer, scope.Field("buffer"))
            : new BufferConfig(0, Disabled: true);
    }

    private static BufferConfig? Convert(Wire.Buffer wire, ConfigScope scope)
    {
        uint bytes = wire.MaxRequestBytes ?? 0;
        if (bytes is 0 or > int.MaxValue)
        {
            scope.Field("max_request_bytes").Error($"found {bytes}, expected 1 to {int.MaxValue} bytes");
            return null;
        }

        return new BufferConfig((int)bytes);
    }
}
