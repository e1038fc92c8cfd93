using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>A listening socket of this process, for the next one in a hot restart.</summary>
/// <param name="Address">Where it is bound.</param>
/// <param name="Worker">Whose it is, from 0; 0 too for the one socket that all share.</param>
/// <param name="FileDescriptor">The descriptor; stays the manager's.</param>
public readonly record struct ListenSocketInfo(NetworkAddress Address, int Worker, int FileDescriptor);

/// <summary>All listening sockets of the process. Owner: main thread; made with the <see cref="ListenerManager"/>.</summary>
internal sealed class ListenSockets(SocketApi sockets, int workers)
{
    private readonly List<BoundAddress> _all = [];

    /// <summary>Sockets that were open before this process; null when there are none.</summary>
    internal IInheritedSockets? Inherited { get; set; }

    /// <summary>Every socket that listens.</summary>
    internal IReadOnlyList<ListenSocketInfo> All
    {
        get
        {
            var all = new List<ListenSocketInfo>();
            foreach (BoundAddress bound in _all)
            {
                for (int i = 0; bound.IsListening && i < bound.Descriptors.Length; i++)
                {
                    all.Add(new ListenSocketInfo(bound.Address, i, bound.Descriptors[i]));
                }
            }

            return all;
        }
    }

    /// <summary>
    /// The address for one more user: bound already with the same options, or bound now. Null after an error.
    /// </summary>
    /// <param name="before">The addresses of the version before, which keep also a port that the system chose.</param>
    /// <param name="taken">What this user has already: two equal addresses with ports that the system chooses are two.</param>
    internal BoundAddress? Take(ListenAddress wanted, IReadOnlyList<BoundAddress> before, List<BoundAddress> taken, out string? error)
    {
        error = null;
        foreach (BoundAddress bound in before)
        {
            if (bound.Users > 0 && bound.Wanted.Equals(wanted) && !taken.Contains(bound))
            {
                bound.Users++;
                return bound;
            }
        }

        foreach (BoundAddress bound in _all)
        {
            if (wanted.Address is not { IsIp: true, Port: 0 } && bound.Wanted.Equals(wanted))
            {
                bound.Users++;
                return bound;
            }
        }

        BoundAddress? made = Bind(wanted, out error);
        if (made is not null)
        {
            made.Users = 1;
            _all.Add(made);
        }

        return made;
    }

    /// <summary>Lets clients connect; null, or what went wrong in words for the user.</summary>
    internal string? Listen(BoundAddress bound)
    {
        for (int i = 0; !bound.IsListening && i < bound.Descriptors.Length; i++)
        {
            if (!bound.IsInherited(i) &&
                ListenSocket.Listen(sockets, bound.Descriptors[i], bound.Address, bound.Wanted.Options, out string? error) < 0)
            {
                return error;
            }
        }

        bound.IsListening = true;
        return null;
    }

    /// <summary>Gives it back. True when nobody uses it: to be closed with <see cref="CloseIfUnused"/> once no worker watches it.</summary>
    internal static bool Release(BoundAddress bound) => --bound.Users == 0;

    /// <summary>Closes the descriptors unless somebody took the address meanwhile.</summary>
    internal void CloseIfUnused(BoundAddress bound)
    {
        if (bound.Users == 0 && _all.Remove(bound))
        {
            Close(bound.Descriptors, bound.Descriptors.Length);
        }
    }

    private BoundAddress? Bind(ListenAddress wanted, out string? error)
    {
        ListenAddress listen = wanted;
        int[] descriptors = new int[listen is { Options.ReusePort: true, Address.IsIp: true } ? workers : 1];
        bool[] inherited = new bool[descriptors.Length];
        for (int i = 0; i < descriptors.Length; i++)
        {
            int fd = TakeInherited(listen, i);
            inherited[i] = fd >= 0;
            if (fd < 0)
            {
                fd = ListenSocket.Bind(sockets, listen.Address, listen.Options, out error);
                if (fd < 0)
                {
                    Close(descriptors, i);
                    return null;
                }
            }

            descriptors[i] = fd;
            if (listen.Address is { IsIp: true, Port: 0 })
            {
                // The first socket chooses the port, the other workers' follow.
                listen = listen with { Address = sockets.GetLocalAddress(fd) ?? listen.Address };
            }
        }

        error = null;
        int[] all = [.. descriptors, .. TakeRest(listen, descriptors.Length)];
        return new BoundAddress(wanted, listen.Address, all, descriptors.Length, inherited);
    }

    /// <summary>Sockets of a process with more workers: clients wait in their queues, so somebody must accept from them.</summary>
    private List<int> TakeRest(ListenAddress listen, int sharers)
    {
        var rest = new List<int>();
        for (int worker = 0; worker < sharers && !listen.Options.Datagram; worker++)
        {
            for (int fd = TakeInherited(listen, worker); fd >= 0; fd = TakeInherited(listen, worker))
            {
                rest.Add(fd);
            }
        }

        return rest;
    }

    private int TakeInherited(ListenAddress listen, int worker) =>
        Inherited is null || listen.Address is { IsIp: true, Port: 0 } ? -1 : Inherited.TryTake(listen.Address, worker, listen.Options.Datagram);

    private void Close(int[] descriptors, int count)
    {
        for (int i = 0; i < count; i++)
        {
            sockets.Close(descriptors[i]);
        }
    }
}
