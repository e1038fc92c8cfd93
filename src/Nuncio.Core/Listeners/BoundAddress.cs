using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>
/// One address that this process has: a socket for each worker with reuse_port, else one for all.
/// </summary>
/// <remarks>
/// Owner: the main thread (<see cref="ListenSockets"/>), which alone closes descriptors; workers only watch them. Generations of listeners
/// share it as long as the address stays the same, so no connection that waits in the kernel's queue is lost. It is bound at once and listens
/// when its listener is published: with reuse_port the kernel would give a share of the clients to sockets that nobody watches yet.
/// </remarks>
/// <param name="sharers">Workers that have descriptors of their own; 1 where all watch all of them.</param>
/// <param name="inherited">Whether the sockets were open before this process; then they listen already.</param>
internal sealed class BoundAddress(ListenAddress wanted, NetworkAddress address, int[] descriptors, int sharers, bool[] inherited)
{
    /// <summary>What was asked for.</summary>
    internal ListenAddress Wanted { get; } = wanted;

    /// <summary>Where it is bound, with the port the system chose.</summary>
    internal NetworkAddress Address { get; } = address;

    /// <summary>Descriptors: one for each worker, or a single one; more where the process before this one had more workers.</summary>
    internal int[] Descriptors { get; } = descriptors;

    /// <summary>Listeners that use it; at 0 it is about to be closed.</summary>
    internal int Users { get; set; }

    /// <summary>Whether clients can connect.</summary>
    internal bool IsListening { get; set; }

    /// <summary>Whether a descriptor was open before this process.</summary>
    internal bool IsInherited(int index) => index >= inherited.Length || inherited[index];

    /// <summary>The descriptors that a worker (from 0) watches.</summary>
    internal List<int> For(int worker)
    {
        var mine = new List<int>(1);
        for (int i = sharers == 1 ? 0 : worker; i < Descriptors.Length; i += sharers)
        {
            mine.Add(Descriptors[i]);
        }

        return mine;
    }
}
