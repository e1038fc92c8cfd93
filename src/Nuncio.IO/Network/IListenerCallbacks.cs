using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>Who takes the connections a <see cref="TcpListener"/> accepts; on the listener's thread.</summary>
public interface IListenerCallbacks
{
    /// <summary>A connection was accepted; the callee owns the descriptor from here on.</summary>
    void OnAccepted(int fd, NetworkAddress remote);

    /// <summary>A turn of accepting is over that took this many connections, at least one.</summary>
    void OnAcceptTurnEnded(int accepted)
    {
    }

    /// <summary>Accepting failed, usually for want of descriptors; it is tried again by itself.</summary>
    /// <param name="error">The positive error number.</param>
    void OnAcceptFailed(int error);
}
