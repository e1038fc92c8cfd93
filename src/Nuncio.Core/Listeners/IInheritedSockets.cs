using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>
/// Listening sockets that were open before this process: the parent's in a hot restart, or systemd's. Asked before an address is bound.
/// Owner: main thread.
/// </summary>
public interface IInheritedSockets
{
    /// <summary>Gives away the descriptor for this address and worker; -1 when there is none (left).</summary>
    /// <param name="address">The address as configured; port 0 never matches.</param>
    /// <param name="worker">Worker index from 0; 0 too for the one socket of an address without reuse_port.</param>
    /// <param name="datagram">Whether it is for datagrams.</param>
    int TryTake(NetworkAddress address, int worker, bool datagram = false);
}
