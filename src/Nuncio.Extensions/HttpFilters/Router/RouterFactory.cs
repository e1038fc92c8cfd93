using Google.Protobuf;
using Google.Protobuf.Reflection;
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
        if (wire.UpstreamLogOptions is not null)
        {
            scope.Field("upstream_log_options").Error("is not supported by this version");
        }

        if (wire.SuppressGrpcRequestFailureCodeStats)
        {
            scope.Field("suppress_grpc_request_failure_code_stats").Error("is not supported by this version");
        }

        return new RouterProvider(new RouterConfig
        {
            SuppressEnvoyHeaders = wire.SuppressEnvoyHeaders,
            DynamicStats = wire.DynamicStats ?? true,
            StrictCheckHeaders = [.. wire.StrictCheckHeaders],
            ResendNonIdempotent = context.Runtime.Key("nuncio.router.resend_non_idempotent"),
            RespectExpectedTimeout = wire.RespectExpectedRqTimeout,
            UpstreamLogs = AccessLogConverter.Convert(wire.UpstreamLog, context, scope.Field("upstream_log")),
        });
    }
}
