using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>Sets keep-alive probing on accepted sockets. Stateless.</summary>
internal static class KeepAlive
{
    internal static void Apply(SocketApi sockets, int fd, TcpKeepAliveConfig config)
    {
        if (config.IsDisabled)
        {
            return;
        }

        sockets.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.KeepAlive, 1);
        Set(SocketOptions.TcpKeepCount, config.Probes);
        Set(SocketOptions.TcpKeepIdle, config.TimeSeconds);
        Set(SocketOptions.TcpKeepInterval, config.IntervalSeconds);

        void Set(int name, int? value)
        {
            if (value is { } number)
            {
                sockets.SetOption(fd, SocketOptions.LevelTcp, name, number);
            }
        }
    }
}
