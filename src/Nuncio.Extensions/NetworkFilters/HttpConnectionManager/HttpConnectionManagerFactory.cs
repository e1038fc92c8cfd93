using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Http;
using Nuncio.Config.Routes;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;
using Nuncio.Http.Http1;
using Wire = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Nuncio.Extensions.NetworkFilters.HttpConnectionManager;

/// <summary>Wire message to <see cref="HttpConnectionManagerConfig"/>. Stateless.</summary>
public sealed class HttpConnectionManagerFactory : INetworkFilterFactory
{
    private const string MaxHeadersCountKey = "envoy.reloadable_features.max_request_headers_count";
    private const string NormalizePathKey = "http_connection_manager.normalize_path";

    /// <inheritdoc/>
    public string Name => "envoy.filters.network.http_connection_manager";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.HttpConnectionManager.Descriptor;

    /// <inheritdoc/>
    public bool IsTerminal => true;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.HttpConnectionManager)message;
        int before = scope.ErrorCount;
        CheckConflicts(wire, scope);
        RouteTable? routes = RouteConfigurationConverter.Convert(
            wire.RouteConfig, RouteContext.From(context, context.ClusterNames), scope.Field("route_config"));
        List<HttpFilterConfig> filters = HttpFilterListConverter.Convert(wire.HttpFilters, context, scope.Field("http_filters"));
        HttpConnectionManagerConfig? config = routes is null ? null : Build(wire, context, scope, routes, filters);
        return scope.ErrorCount > before || config is null ? null : new HttpConnectionManagerProvider(config);
    }

    private static HttpConnectionManagerConfig Build(
        Wire.HttpConnectionManager wire, FactoryContext context, ConfigScope scope, RouteTable routes, List<HttpFilterConfig> filters)
    {
        var defaults = new HttpConnectionManagerConfig
        {
            StatPrefix = wire.StatPrefix,
            Routes = routes,
            Filters = filters,
            LocalAddress = context.LocalAddress,
        };
        Envoy.Config.Core.V3.HttpProtocolOptions common = wire.CommonHttpProtocolOptions ?? new();
        bool addUserAgent = wire.AddUserAgent ?? false;
        return defaults with
        {
            Http1 = Http1(wire, common, context, scope.Field("http_protocol_options")) with
            {
                // Envoy: only where the proxy is the edge does the scheme of a URL tell anything about the connection.
                ValidateScheme = (wire.UseRemoteAddress ?? false) && wire.XffNumTrustedHops == 0,
            },
            AccessLogs = AccessLogConverter.Convert(wire.AccessLog, context, scope.Field("access_log")),
            LogOnNewRequest = wire.AccessLogOptions?.FlushAccessLogOnNewRequest ?? wire.FlushAccessLogOnNewRequest,
            LogFlushIntervalNanos = Nanos(wire.AccessLogOptions?.AccessLogFlushInterval ?? wire.AccessLogFlushInterval, 0),
            IdleTimeoutNanos = Nanos(common.IdleTimeout, defaults.IdleTimeoutNanos),
            MaxConnectionDurationNanos = Nanos(common.MaxConnectionDuration, 0),
            Http1SafeMaxConnectionDuration = wire.Http1SafeMaxConnectionDuration,
            MaxRequestsPerConnection = common.MaxRequestsPerConnection ?? 0,
            MaxStreamDurationNanos = Nanos(common.MaxStreamDuration, 0),
            StreamIdleTimeoutNanos = Nanos(wire.StreamIdleTimeout, defaults.StreamIdleTimeoutNanos),
            RequestTimeoutNanos = Nanos(wire.RequestTimeout, 0),
            RequestHeadersTimeoutNanos = Nanos(wire.RequestHeadersTimeout, 0),
            DrainTimeoutNanos = Nanos(wire.DrainTimeout, defaults.DrainTimeoutNanos),
            DelayedCloseTimeoutNanos = Nanos(wire.DelayedCloseTimeout, defaults.DelayedCloseTimeoutNanos),
            ServerName = wire.ServerName.Length == 0 ? defaults.ServerName : Encoding.UTF8.GetBytes(wire.ServerName),
            ServerHeader = (ServerHeaderTransformation)wire.ServerHeaderTransformation,
            SchemeToOverwrite = wire.SchemeHeaderTransformation?.SchemeToOverwrite is { Length: > 0 } scheme ? Encoding.ASCII.GetBytes(scheme) : null,
            SchemeMatchesUpstream = wire.SchemeHeaderTransformation is { MatchUpstream: true, SchemeToOverwrite: not { Length: > 0 } },
            UseRemoteAddress = wire.UseRemoteAddress ?? false,
            XffNumTrustedHops = wire.XffNumTrustedHops,
            SkipXffAppend = wire.SkipXffAppend,
            InternalAddresses = Internal(wire.InternalAddressConfig, scope.Field("internal_address_config")),
            AppendXForwardedPort = wire.AppendXForwardedPort,
            HttpsPorts = [.. wire.ForwardProtoConfig?.HttpsDestinationPorts ?? []],
            Via = wire.Via.Length == 0 ? null : Encoding.UTF8.GetBytes(wire.Via),
            GenerateRequestId = wire.GenerateRequestId ?? true,
            PreserveExternalRequestId = wire.PreserveExternalRequestId,
            AlwaysSetRequestIdInResponse = wire.AlwaysSetRequestIdInResponse,
            UserAgent = addUserAgent ? Encoding.UTF8.GetBytes(context.ServiceCluster) : null,
            NodeId = Encoding.UTF8.GetBytes(context.ServiceNode),
            Proxy100Continue = wire.Proxy100Continue,
            NormalizePath = wire.NormalizePath ?? NormalizesByDefault(context),
            MergeSlashes = wire.MergeSlashes,
            EscapedSlashes = (EscapedSlashesAction)Math.Max(0, (int)wire.PathWithEscapedSlashesAction - 1),
            StripMatchingHostPort = wire.StripMatchingHostPort,
            StripAnyHostPort = wire.StripAnyHostPort,
            StripTrailingHostDot = wire.StripTrailingHostDot,
            StreamErrorOnInvalidMessage = wire.StreamErrorOnInvalidHttpMessage ?? wire.HttpProtocolOptions?.OverrideStreamErrorOnInvalidHttpMessage ?? false,
            AppendLocalOverload = wire.AppendLocalOverload,
            LocalReplies = LocalReplyConverter.Convert(wire.LocalReplyConfig, context, scope.Field("local_reply_config")),
        };
    }

    private static Http1Options Http1(
        Wire.HttpConnectionManager wire, Envoy.Config.Core.V3.HttpProtocolOptions common, FactoryContext context, ConfigScope scope)
    {
        Http1Options options = HttpOptionsConverter.Http1(wire.HttpProtocolOptions, common, wire.MaxRequestHeadersKb, scope, context.Runtime);
        return common.MaxHeadersCount is null
            ? options with
            {
                MaxHeadersCount = (int)Math.Clamp(
                    context.Runtime.Key(MaxHeadersCountKey).GetInteger((ulong)options.MaxHeadersCount), 1, Http1Options.HighestHeadersCount),
            }
            : options;
    }

    /// <summary>What an unset <c>normalize_path</c> means; drawn once, now, where the runtime asks for a share.</summary>
    private static bool NormalizesByDefault(FactoryContext context) =>
        context.Runtime.Key(NormalizePathKey).GetFraction(new FractionalPercent(0, 100))
            .Includes(context.MainDispatcher.Random.NextUInt64());

    private static void CheckConflicts(Wire.HttpConnectionManager wire, ConfigScope scope)
    {
        if (wire.CodecType is Wire.HttpConnectionManager.Types.CodecType.Http2 or Wire.HttpConnectionManager.Types.CodecType.Http3)
        {
            scope.Field("codec_type").Error($"{wire.CodecType.ToString().ToUpperInvariant()} is not supported by this version; expected AUTO or HTTP1");
        }

        if (wire.StripMatchingHostPort && wire.StripAnyHostPort)
        {
            scope.Field("strip_any_host_port").Error("cannot be set together with strip_matching_host_port");
        }

        if (wire.RequestIdExtension?.TypedConfig is { } requestId
            && Nuncio.Config.Loading.AnyDecoder.TypeName(requestId.TypeUrl) != "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig")
        {
            scope.Field("request_id_extension").Field("typed_config").Error("is not supported by this version; expected envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig or none");
        }
    }

    private static InternalAddresses? Internal(Wire.HttpConnectionManager.Types.InternalAddressConfig? wire, ConfigScope scope)
    {
        if (wire is null)
        {
            return null;
        }

        var ranges = new List<CidrRange>();
        for (int i = 0; i < wire.CidrRanges.Count; i++)
        {
            Envoy.Config.Core.V3.CidrRange range = wire.CidrRanges[i];
            ConfigScope place = scope.Field("cidr_ranges").Item(i);
            if (!System.Net.IPAddress.TryParse(range.AddressPrefix, out System.Net.IPAddress? address))
            {
                place.Field("address_prefix").Error($"found \"{range.AddressPrefix}\", expected an IPv4 or IPv6 address");
                continue;
            }

            ranges.Add(new CidrRange(address, (int)(range.PrefixLen ?? 0)));
        }

        return new InternalAddresses(wire.UnixSockets, ranges);
    }

    private static long Nanos(Duration? duration, long otherwise) =>
        duration is null ? otherwise : checked((duration.Seconds * 1_000_000_000) + duration.Nanos);
}
