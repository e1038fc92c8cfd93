using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Golden;

/// <summary>The message types that a golden case may name, so that it need not wrap them in a whole bootstrap.</summary>
internal static class MessageLoaders
{
    private delegate IMessage? Loader(byte[] bytes, ConfigFormat format, string source, LoadOptions options, ConfigErrors errors, out IReadOnlyList<ConfigError> warnings);

    private static readonly Dictionary<string, Loader> Loaders = new()
    {
        ["Bootstrap"] = Load<Envoy.Config.Bootstrap.V3.Bootstrap>,
        ["Listener"] = Load<Envoy.Config.Listener.V3.Listener>,
        ["Cluster"] = Load<Envoy.Config.Cluster.V3.Cluster>,
        ["RouteConfiguration"] = Load<Envoy.Config.Route.V3.RouteConfiguration>,
        ["Route"] = Load<Envoy.Config.Route.V3.Route>,
        ["RouteMatch"] = Load<Envoy.Config.Route.V3.RouteMatch>,
        ["RouteAction"] = Load<Envoy.Config.Route.V3.RouteAction>,
        ["HttpConnectionManager"] = Load<Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager>,
        ["HttpFilter"] = Load<Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpFilter>,
        ["TcpProxy"] = Load<Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy>,
        ["UdpProxyConfig"] = Load<Envoy.Extensions.Filters.Udp.UdpProxy.V3.UdpProxyConfig>,
        ["Filter"] = Load<Envoy.Config.Listener.V3.Filter>,
        ["ListenerFilter"] = Load<Envoy.Config.Listener.V3.ListenerFilter>,
        ["AccessLog"] = Load<Envoy.Config.Accesslog.V3.AccessLog>,
        ["Address"] = Load<Envoy.Config.Core.V3.Address>,
        ["SocketOption"] = Load<Envoy.Config.Core.V3.SocketOption>,
        ["Metadata"] = Load<Envoy.Config.Core.V3.Metadata>,
        ["DataSource"] = Load<Envoy.Config.Core.V3.DataSource>,
        ["DiscoveryResponse"] = Load<Envoy.Service.Discovery.V3.DiscoveryResponse>,
        ["HeaderValueOption"] = Load<Envoy.Config.Core.V3.HeaderValueOption>,
        ["SubstitutionFormatString"] = Load<Envoy.Config.Core.V3.SubstitutionFormatString>,
        ["RuntimeDouble"] = Load<Envoy.Config.Core.V3.RuntimeDouble>,
        ["StringMatcher"] = Load<Envoy.Type.Matcher.V3.StringMatcher>,
        ["StatsConfig"] = Load<Envoy.Config.Metrics.V3.StatsConfig>,
        ["Percent"] = Load<Envoy.Type.V3.Percent>,
        ["Int64Range"] = Load<Envoy.Type.V3.Int64Range>,
        ["BufferPerRoute"] = Load<Envoy.Extensions.Filters.Http.Buffer.V3.BufferPerRoute>,
    };

    public static IMessage? Load(
        string type, byte[] bytes, ConfigFormat format, string source, LoadOptions options, ConfigErrors errors, out IReadOnlyList<ConfigError> warnings) =>
        Loaders[type](bytes, format, source, options, errors, out warnings);

    private static T? Load<T>(
        byte[] bytes, ConfigFormat format, string source, LoadOptions options, ConfigErrors errors, out IReadOnlyList<ConfigError> warnings)
        where T : class, IMessage<T>, new()
    {
        LoadedMessage<T>? loaded = ConfigLoader.LoadMessage<T>(bytes, format, source, options, errors);
        warnings = loaded?.Warnings ?? [];
        return loaded?.Message;
    }
}
