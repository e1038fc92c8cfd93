using Nuncio.Core.Clusters;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>What tells sessions apart: both ends, and the host where each datagram chooses its own. Immutable.</summary>
internal readonly struct UdpSessionKey(in DatagramAddress peer, in DatagramAddress local, Host? host) : IEquatable<UdpSessionKey>
{
    internal readonly DatagramAddress Peer = peer;
    internal readonly DatagramAddress Local = local;

    /// <summary>Null where a session has one host at a time.</summary>
    internal readonly Host? Host = host;

    /// <inheritdoc/>
    public bool Equals(UdpSessionKey other) => Peer.Equals(other.Peer) && Local.Equals(other.Local) && ReferenceEquals(Host, other.Host);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UdpSessionKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Peer, Local, Host);
}
