using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.HttpFilters;
using Wire = Envoy.Extensions.Filters.Http.Router.V3;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>Wire message to <see cref="RouterConfig"/>. Stateless.</summary>
public sealed class RouterFactory : IHttpFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.http.router";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Router.Descriptor;

    /// <inheritdoc/>
    public HttpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.Router)message;
        return new RouterProvider(new RouterConfig
        {
            SuppressEnvoyHeaders = wire.SuppressEnvoyHeaders,
            DynamicStats = wire.DynamicStats ?? true,
            StrictCheckHeaders = [.. wire.StrictCheckHeaders],
            ResendNonIdempotent = context.Runtime.Key("nuncio.router.resend_non_idempotent"),
            RespectExpectedTimeout = wire.RespectExpectedRqTimeout,
            LogOnUpstreamStream = wire.UpstreamLogOptions?.FlushUpstreamLogOnUpstreamStream ?? false,
            UpstreamLogFlushIntervalNanos = Nanos(wire.UpstreamLogOptions?.UpstreamLogFlushInterval),
            SuppressGrpcCodeStats = wire.SuppressGrpcRequestFailureCodeStats,
            UpstreamLogs = AccessLogConverter.Convert(wire.UpstreamLog, context, scope.Field("upstream_log")),
        });
    }

    private static long Nanos(Duration? duration) =>
        duration is null ? 0 : checked((duration.Seconds * 1_000_000_000) + duration.Nanos);
}
