using System.Globalization;
using Nuncio.IO.Sockets;
using Nuncio.Server.HotRestart;

namespace Nuncio.Server.Systemd;

/// <summary>Sockets that systemd opened for this process (socket activation, sd_listen_fds(3)). Stateless; start only.</summary>
internal static class ActivatedSockets
{
    private const int First = 3; // SD_LISTEN_FDS_START
    private const int Most = 4096;

    /// <summary>Takes them over; null where there are none for this process. Listeners find theirs by address, whatever the name.</summary>
    internal static HandedSockets? Take(int workers) => Take(Environment.GetEnvironmentVariable, First, workers);

    internal static HandedSockets? Take(Func<string, string?> environment, int first, int workers)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (environment("LISTEN_PID") != own ||
            !int.TryParse(environment("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > Most)
        {
            return null;
        }

        var sockets = new HandedSockets(workers);
        for (int fd = first; fd < first + count; fd++)
        {
            if (MessageSocket.Adopt(fd) >= 0 && LinuxSockets.Instance.GetLocalAddress(fd) is { } address)
            {
                sockets.Add(address, fd);
            }
        }

        return sockets;
    }
}
