using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>Where a connection comes from, as filter chain matches and matchers see it. Stateless; any thread.</summary>
public static class ConnectionSource
{
    private const uint Loopback = 0x7F000001;

    /// <summary>Whether the client is on this machine: a pipe, 127.0.0.1 or ::1, or the address it went to.</summary>
    public static bool IsLocal(ConnectionInfo info) => IsLocal(info.RemoteAddress, info.LocalAddress);

    /// <summary>The same by addresses.</summary>
    public static bool IsLocal(NetworkAddress remote, NetworkAddress local)
    {
        return remote.Kind switch
        {
            // Envoy: of 127.0.0.0/8 only the first address counts.
            AddressKind.IPv4 when remote.IPv4Bits == Loopback => true,
            AddressKind.IPv6 when remote is { IPv6High: 0, IPv6Low: 1 } => true,
            AddressKind.Pipe => true,
            _ => remote.HasSameIp(local),
        };
    }
}
