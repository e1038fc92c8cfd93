using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>How client connections of one cluster are made. Immutable, shared by its connections.</summary>
public sealed record ConnectOptions
{
    /// <summary>What a plain cluster uses: the system's source address, TCP_NODELAY, 1 MiB of buffer.</summary>
    public static readonly ConnectOptions Default = new();

    /// <summary>Address to bind to before connecting; null lets the system choose.</summary>
    public NetworkAddress? SourceAddress { get; init; }

    /// <summary>Raw socket options.</summary>
    public IReadOnlyList<SocketOptionConfig> SocketOptions { get; init; } = [];

    /// <summary>Keep-alive probing; null leaves the system's.</summary>
    public TcpKeepAliveConfig? KeepAlive { get; init; }

    /// <summary>Whether Nagle's algorithm is turned off. Envoy turns it off for every proxied connection.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Read and write buffer limit in bytes; 0 is none. Envoy: <c>per_connection_buffer_limit_bytes</c>, 1 MiB.</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary>Where bytes are counted.</summary>
    public ConnectionStats? Stats { get; init; }
}
