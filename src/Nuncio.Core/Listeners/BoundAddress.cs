using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>
/// One address that this process listens on: a socket for each worker with reuse_port, else one for all.
/// </summary>
/// <remarks>
/// Owner: the main thread (<see cref="ListenSockets"/>), which alone closes descriptors; workers only watch them. Generations of listeners
/// share it as long as the address stays the same, so no connection that waits in the kernel's queue is lost.
/// </remarks>
internal sealed class BoundAddress(ListenAddress wanted, NetworkAddress address, int[] descriptors)
{
    /// <summary>What was asked for.</summary>
    internal ListenAddress Wanted { get; } = wanted;

    /// <summary>Where it is bound, with the port the system chose.</summary>
    internal NetworkAddress Address { get; } = address;

    /// <summary>Descriptors: one for each worker, or a single one.</summary>
    internal int[] Descriptors { get; } = descriptors;

    /// <summary>Listeners that use it; at 0 it is about to be closed.</summary>
    internal int Users { get; set; }

    /// <summary>The descriptor that a worker (from 0) watches.</summary>
    internal int For(int worker) => Descriptors[Descriptors.Length == 1 ? 0 : worker];
}
