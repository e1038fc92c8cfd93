using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>Makes listening sockets. Main thread; stateless.</summary>
internal static class ListenSocket
{
    /// <summary>Linux cuts it down to <c>net.core.somaxconn</c>, which is the default that Envoy documents.</summary>
    private const int SystemBacklog = 65535;

    /// <summary>
    /// Makes a socket that listens; returns its descriptor, or the negative error number with the step that failed in
    /// <paramref name="step"/>. <paramref name="bound"/> has the port the system chose.
    /// </summary>
    internal static int Open(SocketApi sockets, ListenAddress listen, bool reusePort, int backlog, out NetworkAddress bound, out string step)
    {
        bound = listen.Address;
        step = "socket";
        int fd = sockets.Socket(listen.Address.Kind);
        if (fd < 0)
        {
            return fd;
        }

        int error = Prepare(sockets, fd, listen, reusePort, backlog, ref step);
        if (error < 0)
        {
            sockets.Close(fd);
            return error;
        }

        if (listen.Address.IsIp && listen.Address.Port == 0)
        {
            bound = sockets.GetLocalAddress(fd) ?? listen.Address;
        }

        return fd;
    }

    private static int Prepare(SocketApi sockets, int fd, ListenAddress listen, bool reusePort, int backlog, ref string step)
    {
        step = "set options of";
        NetworkAddress address = listen.Address;
        if (address.IsIp)
        {
            int error = sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReuseAddress, 1);
            if (error >= 0 && reusePort)
            {
                error = sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReusePort, 1);
            }

            if (error >= 0 && address.Kind == AddressKind.IPv6)
            {
                error = sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6Only, listen.Ipv4Compat ? 0 : 1);
            }

            if (error < 0)
            {
                return error;
            }
        }

        int result = SetOptions(sockets, fd, listen, SocketState.Prebind);
        if (result < 0)
        {
            return result;
        }

        step = "bind";
        result = sockets.Bind(fd, address);
        if (result >= 0)
        {
            step = "set options of";
            result = SetOptions(sockets, fd, listen, SocketState.Bound);
        }

        if (result >= 0)
        {
            step = "listen on";
            result = sockets.Listen(fd, backlog > 0 ? backlog : SystemBacklog);
        }

        if (result >= 0)
        {
            step = "set options of";
            result = SetOptions(sockets, fd, listen, SocketState.Listening);
        }

        return result;
    }

    private static int SetOptions(SocketApi sockets, int fd, ListenAddress listen, SocketState state)
    {
        foreach (SocketOptionConfig option in listen.SocketOptions)
        {
            if (option.State != state)
            {
                continue;
            }

            int error = sockets.SetOption(fd, option.Level, option.Name, option.Value);
            if (error < 0)
            {
                return error;
            }
        }

        return 0;
    }
}
