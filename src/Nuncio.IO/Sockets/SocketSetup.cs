namespace Nuncio.IO.Sockets;

/// <summary>Options applied to sockets on both sides of the proxy. Stateless.</summary>
internal static class SocketSetup
{
    /// <summary>
    /// Sets the raw options of one state, in order; the first failure ends it and is answered. Options for another
    /// <paramref name="kind"/> of socket are left out where the caller says which it is.
    /// </summary>
    internal static int Apply(
        SocketApi sockets, int fd, IReadOnlyList<SocketOptionConfig> options, SocketState state, AddressKind? kind = null)
    {
        for (int i = 0; i < options.Count; i++)
        {
            SocketOptionConfig option = options[i];
            if (option.State == state && (kind is null || option.OnlyFor is null || option.OnlyFor == kind))
            {
                int result = sockets.SetOption(fd, option.Level, option.Name, option.Value);
                if (result < 0)
                {
                    return result;
                }
            }
        }

        return 0;
    }

    internal static int ApplyKeepAlive(SocketApi sockets, int fd, TcpKeepAliveConfig config)
    {
        if (config.IsDisabled)
        {
            return 0;
        }

        int result = sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.KeepAlive, 1);
        if (result >= 0 && config.Probes is { } probes)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepCount, probes);
        }

        if (result >= 0 && config.TimeSeconds is { } time)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepIdle, time);
        }

        if (result >= 0 && config.IntervalSeconds is { } interval)
        {
            result = sockets.SetOption(fd, SocketOptions.LevelTcp, SocketOptions.TcpKeepInterval, interval);
        }

        return result;
    }
}
