namespace Nuncio.IO.Sockets;

/// <summary>How the listening sockets of one listener are made. Immutable.</summary>
public sealed record ListenSocketOptions
{
    /// <summary>UDP, else TCP or a Unix domain stream; options for streams only are then left out.</summary>
    public bool Datagram { get; init; }

    /// <summary>One socket per worker, the kernel spreads connections (<c>enable_reuse_port</c>). Not for pipes.</summary>
    public bool ReusePort { get; init; } = true;

    /// <summary>For "::": takes IPv4 too (<c>ipv4_compat</c>).</summary>
    public bool IPv4Compat { get; init; }

    /// <summary>Connections waiting to be accepted (<c>tcp_backlog_size</c>); the kernel cuts it to net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 128;

    /// <summary>Allows addresses this machine does not have (<c>freebind</c>).</summary>
    public bool Freebind { get; init; }

    /// <summary>Accepts connections to any address, with TPROXY rules (<c>transparent</c>).</summary>
    public bool Transparent { get; init; }

    /// <summary>TCP Fast Open queue length (<c>tcp_fast_open_queue_length</c>); null leaves it off.</summary>
    public int? FastOpenQueueLength { get; init; }

    /// <summary>Multipath TCP where the peer has it too (<c>enable_mptcp</c>).</summary>
    public bool Mptcp { get; init; }

    /// <summary>Keep-alive, inherited by accepted connections; null leaves the system's.</summary>
    public TcpKeepAliveConfig? KeepAlive { get; init; }

    /// <summary>
    /// TCP_NODELAY, inherited by accepted connections, which spares a call for each. Envoy sets it on every proxied connection.
    /// </summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Raw options, set in their states.</summary>
    public IReadOnlyList<SocketOptionConfig> SocketOptions { get; init; } = [];

    /// <summary>By content: sockets made with equal options are interchangeable.</summary>
    public bool Equals(ListenSocketOptions? other) =>
        other is not null && Datagram == other.Datagram && ReusePort == other.ReusePort && IPv4Compat == other.IPv4Compat && Backlog == other.Backlog &&
        Freebind == other.Freebind && Transparent == other.Transparent && FastOpenQueueLength == other.FastOpenQueueLength &&
        Mptcp == other.Mptcp && KeepAlive == other.KeepAlive && NoDelay == other.NoDelay && HasSameOptions(other.SocketOptions);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(ReusePort, Datagram, IPv4Compat, Backlog, Freebind, Transparent, FastOpenQueueLength, SocketOptions.Count);

    private bool HasSameOptions(IReadOnlyList<SocketOptionConfig> others)
    {
        bool same = SocketOptions.Count == others.Count;
        for (int i = 0; same && i < others.Count; i++)
        {
            same = SocketOptions[i].Equals(others[i]);
        }

        return same;
    }
}
