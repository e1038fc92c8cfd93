using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Streams;

/// <summary>
/// How upstream sockets are made for one client: from its own address, with a mark. Left in the connection's filter state by a listener
/// filter; upstream connections with different ones are never shared (Envoy: socket options of the downstream connection, and
/// <c>envoy.network.upstream_socket_options</c>).
/// </summary>
/// <remarks>Immutable; equal by content, which is what pools are told apart by.</remarks>
/// <param name="SourceAddress">Address to connect from; its port is not used. Null leaves the cluster's.</param>
/// <param name="Transparent">Whether that may be somebody else's address (IP_TRANSPARENT).</param>
/// <param name="Mark">SO_MARK of the sockets; 0 is none.</param>
public sealed record UpstreamSocketOptions(NetworkAddress? SourceAddress, bool Transparent, uint Mark)
{
    /// <summary>Where they are in filter state.</summary>
    public const string Key = "envoy.network.upstream_socket_options";

    /// <summary>Address to connect from, port 0; null leaves the cluster's.</summary>
    public NetworkAddress? SourceAddress { get; } = SourceAddress?.WithPort(0);

    /// <summary>Those of a request or connection; null when nobody set any, which costs two comparisons.</summary>
    public static UpstreamSocketOptions? Of(StreamInfo? stream) =>
        (stream?.FilterState ?? stream?.Connection?.FilterState)?.Find(Key) as UpstreamSocketOptions;

    /// <summary>What connections of a cluster become with them.</summary>
    internal ConnectOptions ApplyTo(ConnectOptions cluster) =>
        cluster with { SourceAddress = SourceAddress, Transparent = Transparent, Mark = Mark };
}
