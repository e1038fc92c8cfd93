using Envoy.Extensions.Upstreams.Http.V3;
using Envoy.Extensions.Upstreams.Tcp.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Http;
using Nuncio.Config.Loading;
using Nuncio.Core.Clusters;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Clusters;

/// <summary>
/// A cluster's HTTP options to <see cref="UpstreamHttpConfig"/>. The extension form wins over the old fields, as in Envoy. Stateless.
/// </summary>
internal static class UpstreamHttpConverter
{
    /// <summary>Converts; errors go to <paramref name="scope"/>, the place of the cluster.</summary>
    public static UpstreamHttpConfig Convert(Wire.Cluster wire, ConfigScope scope)
    {
        ConfigScope options = scope.Field("typed_extension_protocol_options");
        UpstreamHttpConfig? typed = null;
        foreach ((string key, Any any) in wire.TypedExtensionProtocolOptions)
        {
            ConfigScope place = options.Key(key);
            if (AnyDecoder.TryUnpack(any, out HttpProtocolOptions? http))
            {
                typed = FromTyped(http, wire, place);
            }
            else if (!AnyDecoder.TryUnpack(any, out TcpProtocolOptions? _))
            {
                // TCP connections are not kept in a pool, so that their idle timeout has nothing to act on.
                place.Error($"{AnyDecoder.TypeName(any.TypeUrl)} is not supported by this version; expected {HttpProtocolOptions.Descriptor.FullName}");
            }
        }

        return typed ?? FromLegacy(wire, scope);
    }

    private static UpstreamHttpConfig FromTyped(HttpProtocolOptions wire, Wire.Cluster cluster, ConfigScope scope)
    {
        CoreWire.HttpProtocolOptions common = wire.CommonHttpProtocolOptions ?? new CoreWire.HttpProtocolOptions();
        if (wire.UpstreamProtocolOptionsCase == HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.UseDownstreamProtocolConfig)
        {
            // HTTP/1.1 is what clients speak in this version, so that it is what upstreams are spoken to in.
            return Make(
                wire.UseDownstreamProtocolConfig.HttpProtocolOptions, common, cluster,
                scope.Field("use_downstream_protocol_config").Field("http_protocol_options"));
        }

        return Make(
            wire.ExplicitHttpConfig?.HttpProtocolOptions, common, cluster,
            scope.Field("explicit_http_config").Field("http_protocol_options"));
    }

    private static UpstreamHttpConfig FromLegacy(Wire.Cluster wire, ConfigScope scope)
    {
        return Make(
            wire.HttpProtocolOptions, wire.CommonHttpProtocolOptions ?? new CoreWire.HttpProtocolOptions(), wire,
            scope.Field("http_protocol_options"));
    }

    private static UpstreamHttpConfig Make(
        CoreWire.Http1ProtocolOptions? http1, CoreWire.HttpProtocolOptions common, Wire.Cluster cluster, ConfigScope scope)
    {
        UpstreamHttpConfig defaults = new();
        uint requests = common.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection ?? 0;
        return new UpstreamHttpConfig
        {
            IdleTimeout = ClusterConverter.Time(common.IdleTimeout) ?? defaults.IdleTimeout,
            MaxConnectionDuration = ClusterConverter.Time(common.MaxConnectionDuration),
            MaxStreamDuration = ClusterConverter.Time(common.MaxStreamDuration),
            MaxRequestsPerConnection = requests,
            Http1 = HttpOptionsConverter.Http1(http1, common, null, scope),
        };
    }
}
