using Nuncio.IO.Interop;

namespace Nuncio.IO.Sockets;

/// <summary>Makes listening sockets. Stateless; control plane.</summary>
public static class ListenSocket
{
    /// <summary>A bound socket that does not listen yet, so that all workers' sockets exist before the first connection is taken.</summary>
    /// <param name="error">What failed, in words for the user; null when nothing did.</param>
    /// <returns>The descriptor, or a negated error number.</returns>
    public static int Bind(SocketApi sockets, NetworkAddress address, ListenSocketOptions options, out string? error)
    {
        int fd = options.Datagram ? sockets.DatagramSocket(address.Kind) : options.Mptcp ? sockets.MptcpSocket(address.Kind) : sockets.Socket(address.Kind);
        if (fd < 0)
        {
            error = $"cannot create a socket for '{address}': {Errno.Text(fd)}";
            return fd;
        }

        int result = Prepare(sockets, fd, address, options);
        if (result < 0)
        {
            error = $"cannot set socket options for '{address}': {Errno.Text(result)}";
        }
        else if ((result = sockets.Bind(fd, address)) < 0)
        {
            error = $"cannot bind '{address}': {Errno.Text(result)}";
        }
        else if ((result = SocketSetup.Apply(sockets, fd, options.SocketOptions, SocketState.Bound)) < 0)
        {
            error = $"cannot set socket options for '{address}': {Errno.Text(result)}";
        }
        else
        {
            error = null;
            return fd;
        }

        sockets.Close(fd);
        return result;
    }

    /// <summary>Starts listening on a socket of <see cref="Bind"/>. 0 or a negated error number; the caller closes on failure.</summary>
    public static int Listen(SocketApi sockets, int fd, NetworkAddress address, ListenSocketOptions options, out string? error)
    {
        int result = options.Datagram ? 0 : sockets.Listen(fd, options.Backlog);
        if (result < 0)
        {
            error = $"cannot listen on '{address}': {Errno.Text(result)}";
            return result;
        }

        result = SocketSetup.Apply(sockets, fd, options.SocketOptions, SocketState.Listening);
        error = result < 0 ? $"cannot set socket options for '{address}': {Errno.Text(result)}" : null;
        return result;
    }

    private static int Prepare(SocketApi sockets, int fd, NetworkAddress address, ListenSocketOptions options)
    {
        int result = 0;
        if (address.IsIp)
        {
            result = PrepareIp(sockets, fd, address, options);
        }

        return result < 0 ? result : SocketSetup.Apply(sockets, fd, options.SocketOptions, SocketState.Prebind);
    }

    private static int PrepareIp(SocketApi sockets, int fd, NetworkAddress address, ListenSocketOptions options)
    {
        bool isV6 = address.Kind == AddressKind.IPv6;

        // On a datagram socket it would let others take the address away.
        int result = options.Datagram ? 0 : sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReuseAddress, 1);
        if (result >= 0 && options.ReusePort)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReusePort, 1);
        }

        if (result >= 0 && isV6)
        {
            // Whatever the system's default is: IPv4 only where it is asked for.
            result = sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6Only, options.IPv4Compat ? 0 : 1);
        }

        if (result >= 0 && options.Transparent)
        {
            result = isV6
                ? sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6Transparent, 1)
                : sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent, 1);
        }

        if (result >= 0 && options.Freebind)
        {
            result = isV6
                ? sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6Freebind, 1)
                : sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpFreebind, 1);
        }

        if (result < 0 || options.Datagram)
        {
            return result < 0 ? result : PrepareDatagrams(sockets, fd, address, isV6);
        }

        if (options.FastOpenQueueLength is { } queue)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpFastOpen, queue);
        }

        if (result >= 0 && options.NoDelay)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay, 1);
        }

        if (result >= 0 && options.KeepAlive is { } keepAlive)
        {
            result = SocketSetup.ApplyKeepAlive(sockets, fd, keepAlive);
        }

        return result;
    }

    private static int PrepareDatagrams(SocketApi sockets, int fd, NetworkAddress address, bool isV6)
    {
        // Older systems do not know it; then only what is too long is counted as dropped.
        sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReceiveQueueOverflow, 1);
        if (!address.IsAnyIp)
        {
            return 0;
        }

        // An answer must come from the address that was asked.
        return isV6
            ? sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6ReceivePacketInfo, 1)
            : sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpPacketInfo, 1);
    }
}
