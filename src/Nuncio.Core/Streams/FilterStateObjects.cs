using System.Globalization;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Streams;

/// <summary>Makes an object of the filter state from its text; null when the text does not fit.</summary>
public delegate object? FilterStateObjectMaker(string text);

/// <summary>
/// The kinds of objects that configuration can put into the filter state, by the keys under which extensions look for them. Envoy:
/// "Well Known Filter State Objects". Immutable; any thread.
/// </summary>
public static class FilterStateObjects
{
    /// <summary>Cluster that the TCP proxy sends a connection to.</summary>
    public const string TcpProxyCluster = "envoy.tcp_proxy.cluster";

    /// <summary>Destination of a connection to an internal listener.</summary>
    public const string OriginalDestinationLocal = "envoy.filters.listener.original_dst.local_ip";

    /// <summary>Client of a connection to an internal listener.</summary>
    public const string OriginalDestinationRemote = "envoy.filters.listener.original_dst.remote_ip";

    private static readonly Dictionary<string, FilterStateObjectMaker> s_makers = new(StringComparer.Ordinal)
    {
        ["envoy.string"] = Text,
        [TcpProxyCluster] = Text,
        ["envoy.udp_proxy.cluster"] = Text,
        ["envoy.network.upstream_server_name"] = Text,
        ["envoy.network.upstream_subject_alt_names"] = Text,
        ["envoy.network.application_protocols"] = Text,
        ["envoy.network.network_namespace"] = Text,
        ["envoy.upstream.dynamic_host"] = Text,
        ["envoy.tcp_proxy.disable_tunneling"] = static text => text == "true" ? "true" : "false",
        ["envoy.upstream.dynamic_port"] = static text => Number(text, uint.MaxValue),
        ["envoy.ratelimit.hits_addend"] = static text => Number(text, uint.MaxValue),
        ["envoy.tcp_proxy.per_connection_idle_timeout_ms"] = static text => Number(text, ulong.MaxValue),
        ["envoy.network.ip"] = static text => NetworkAddress.TryParseIp(text, 0, out NetworkAddress? address) ? address : null,
        ["envoy.network.transport_socket.original_dst_address"] = Address,
        [OriginalDestinationLocal] = Address,
        [OriginalDestinationRemote] = Address,
    };

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_makers.Keys;

    /// <summary>The maker of a kind; null when it is not known.</summary>
    public static FilterStateObjectMaker? Find(string kind) => s_makers.GetValueOrDefault(kind);

    private static string Text(string text) => text;

    private static NetworkAddress? Address(string text) => NetworkAddress.TryParseIpAndPort(text, out NetworkAddress? address) ? address : null;

    private static object? Number(string text, ulong max) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= max ? number : null;
}
