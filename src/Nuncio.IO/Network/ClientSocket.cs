using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>Makes client sockets: from an address to a descriptor that is connecting. Stateless; control of the worker that calls.</summary>
internal static class ClientSocket
{
    /// <summary>Makes and prepares a socket and starts connecting; the first writable event tells the outcome.</summary>
    /// <returns>The descriptor, or -1 with the failure as a connection tells it.</returns>
    internal static int Start(SocketApi sockets, NetworkAddress address, ConnectOptions options, out ConnectFailure failure)
    {
        int fd = sockets.Socket(address.Kind);
        if (fd < 0)
        {
            failure = new ConnectFailure(ConnectionEvent.LocalClose, "socket creation failure: " + Errno.Text(fd));
            return -1;
        }

        if ((!address.IsIp || Prepare(sockets, fd, address, options, out failure)) && Connect(sockets, fd, address, options, out failure))
        {
            return fd;
        }

        sockets.Close(fd);
        return -1;
    }

    private static bool Prepare(SocketApi sockets, int fd, NetworkAddress address, ConnectOptions options, out ConnectFailure failure)
    {
        failure = default;
        ConnectSource source = options.SourceFor(address.Kind);
        if (options.NoDelay)
        {
            sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay, 1);
        }

        if (options.KeepAlive is { } keepAlive)
        {
            SocketSetup.ApplyKeepAlive(sockets, fd, keepAlive);
        }

        if (!Allow(sockets, fd, address.Kind, options) ||
            SocketSetup.Apply(sockets, fd, source.SocketOptions, SocketState.Prebind, address.Kind) < 0)
        {
            failure = new ConnectFailure(ConnectionEvent.LocalClose, "socket option failure");
            return false;
        }

        return Bind(sockets, fd, options.SourceAddress ?? source.Address, options, out failure);
    }

    /// <summary>What is unusual and has to be allowed before binding.</summary>
    private static bool Allow(SocketApi sockets, int fd, AddressKind kind, ConnectOptions options)
    {
        int result = 0;
        bool isV6 = kind == AddressKind.IPv6;
        if (options.Mark != 0)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.Mark, (int)options.Mark);
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

        return result >= 0;
    }

    private static bool Bind(SocketApi sockets, int fd, NetworkAddress? source, ConnectOptions options, out ConnectFailure failure)
    {
        failure = default;
        if (source is null)
        {
            return true;
        }

        if (source.Port == 0)
        {
            // The port is chosen when the other end is known, so that one address has ports for every destination. Envoy does so for
            // addresses of clients only. A system that does not know it still binds.
            sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpBindAddressNoPort, 1);
        }

        int bound = sockets.Bind(fd, source);
        if (bound < 0)
        {
            options.Stats?.BindErrors?.Inc();
            failure = new ConnectFailure(ConnectionEvent.LocalClose, $"failed to bind to {source}: {Errno.Text(bound)}");
        }

        return bound >= 0;
    }

    private static bool Connect(SocketApi sockets, int fd, NetworkAddress address, ConnectOptions options, out ConnectFailure failure)
    {
        IReadOnlyList<SocketOptionConfig> socketOptions = options.SourceFor(address.Kind).SocketOptions;
        failure = new ConnectFailure(ConnectionEvent.LocalClose, "socket option failure");
        if (address.IsIp && SocketSetup.Apply(sockets, fd, socketOptions, SocketState.Bound, address.Kind) < 0)
        {
            return false;
        }

        int started = sockets.Connect(fd, address);
        if (started < 0 && started != -Errno.InProgress)
        {
            failure = ConnectFailure.Immediate(started, address);
            return false;
        }

        return !address.IsIp || SocketSetup.Apply(sockets, fd, socketOptions, SocketState.Listening, address.Kind) >= 0;
    }
}

/// <summary>Why a client connection could not be made. Immutable.</summary>
/// <param name="Event">The close event that tells it.</param>
/// <param name="Reason">Words for the user.</param>
internal readonly record struct ConnectFailure(ConnectionEvent Event, string Reason)
{
    /// <summary>connect() itself said no.</summary>
    internal static ConnectFailure Immediate(int error, NetworkAddress address) =>
        new(ConnectionEvent.RemoteClose, $"immediate connect error: {Errno.Text(error)}|remote address:{address}");

    /// <summary>The network said no.</summary>
    internal static ConnectFailure Delayed(int error) => new(ConnectionEvent.RemoteClose, "delayed connect error: " + Errno.Text(error));
}
