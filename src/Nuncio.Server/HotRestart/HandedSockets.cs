using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>Listening sockets that were open before this process, kept until a listener asks for its address.</summary>
/// <remarks>
/// Owner: main thread. Made by <see cref="ParentLink"/> or <see cref="Systemd.ActivatedSockets"/>; what nobody took is closed by
/// <see cref="Dispose"/> once the process is live. Socket i of an address is for worker i modulo the number of workers, so that a caller who asks
/// until there is none gets all; a worker for which there is none shares the first.
/// </remarks>
internal sealed class HandedSockets(int workers) : IInheritedSockets, IDisposable
{
    private readonly Dictionary<(NetworkAddress Address, bool Datagram), Group> _groups = [];

    /// <summary>Sockets that nobody took yet.</summary>
    internal int Count
    {
        get
        {
            int count = 0;
            foreach (Group group in _groups.Values)
            {
                count += group.Descriptors.Count(static fd => fd >= 0);
            }

            return count;
        }
    }

    /// <summary>Addresses with sockets that nobody took yet.</summary>
    internal IEnumerable<NetworkAddress> Left => _groups.Where(static g => g.Value.Descriptors.Exists(static fd => fd >= 0)).Select(static g => g.Key.Address);

    /// <summary>Takes over a descriptor.</summary>
    internal void Add(NetworkAddress address, int fd)
    {
        (NetworkAddress, bool) key = (address, IsDatagram(fd));
        if (!_groups.TryGetValue(key, out Group? group))
        {
            group = new Group();
            _groups.Add(key, group);
        }

        group.Descriptors.Add(fd);
    }

    /// <inheritdoc/>
    public int TryTake(NetworkAddress address, int worker, bool datagram = false)
    {
        if (!_groups.TryGetValue((address, datagram), out Group? group))
        {
            return -1;
        }

        for (int i = worker; i < group.Descriptors.Count; i += workers)
        {
            int fd = group.Descriptors[i];
            if (fd >= 0)
            {
                group.First = group.First < 0 ? fd : group.First;
                group.Descriptors[i] = -1;
                group.Served.Add(worker);
                return fd;
            }
        }

        // A socket of its own would be given connections from the moment it listens, long before this process accepts; or could not
        // be bound at all, beside one without reuse_port.
        // Datagrams wait for nobody, and two workers that read one socket would tear sessions apart.
        return !datagram && group.First >= 0 && group.Served.Add(worker) ? LinuxSockets.Instance.Duplicate(group.First) : -1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Group group in _groups.Values)
        {
            foreach (int fd in group.Descriptors.Where(static fd => fd >= 0))
            {
                LinuxSockets.Instance.Close(fd);
            }
        }

        _groups.Clear();
    }

    private static bool IsDatagram(int fd)
    {
        Span<byte> type = stackalloc byte[sizeof(int)];
        return LinuxSockets.Instance.GetOption(fd, SocketOptions.LevelSocket, SocketOptions.SocketType, type) == sizeof(int) &&
            BitConverter.ToInt32(type) == SocketOptions.TypeDatagram;
    }

    private sealed class Group
    {
        /// <summary>In the order of the workers they were made for; -1 where taken.</summary>
        internal List<int> Descriptors { get; } = [];

        /// <summary>The first that was taken: open as long as the address is listened on. -1 before.</summary>
        internal int First { get; set; } = -1;

        /// <summary>Workers that have a socket of this address.</summary>
        internal HashSet<int> Served { get; } = [];
    }
}
