using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>How client connections of one cluster are made. Immutable, shared by its connections.</summary>
public sealed record ConnectOptions
{
    /// <summary>What a plain cluster uses: the system's source address, TCP_NODELAY, 1 MiB of buffer.</summary>
    public static readonly ConnectOptions Default = new();

    /// <summary>
    /// Where connections may start; the first one of the remote address's family, else the first. Never empty. Envoy: the default local
    /// address selector.
    /// </summary>
    public IReadOnlyList<ConnectSource> Sources { get; init; } = [ConnectSource.Any];

    /// <summary>Address to bind to in place of that of <see cref="Sources"/>; null leaves that.</summary>
    public NetworkAddress? SourceAddress { get; init; }

    /// <summary>Allows source addresses that this machine does not have (IP_FREEBIND).</summary>
    public bool Freebind { get; init; }

    /// <summary>Allows source addresses of others (IP_TRANSPARENT); needs a capability and routes that bring answers back.</summary>
    public bool Transparent { get; init; }

    /// <summary>Mark of the packets (SO_MARK), for the system's routing; 0 is none.</summary>
    public uint Mark { get; init; }

    /// <summary>Keep-alive probing; null leaves the system's.</summary>
    public TcpKeepAliveConfig? KeepAlive { get; init; }

    /// <summary>Whether Nagle's algorithm is turned off. Envoy turns it off for every proxied connection.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Read and write buffer limit in bytes; 0 is none. Envoy: <c>per_connection_buffer_limit_bytes</c>, 1 MiB.</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary>Where bytes are counted.</summary>
    public ConnectionStats? Stats { get; init; }

    /// <summary>The source for connections to an address of this kind.</summary>
    internal ConnectSource SourceFor(AddressKind kind)
    {
        for (int i = 0; i < Sources.Count; i++)
        {
            if (Sources[i].Address?.Kind == kind)
            {
                return Sources[i];
            }
        }

        // Envoy: also when its family is the wrong one; binding fails then and says so.
        return Sources[0];
    }
}
