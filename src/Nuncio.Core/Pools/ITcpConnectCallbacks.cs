using Nuncio.Core.Clusters;
using Nuncio.IO.Network;

namespace Nuncio.Core.Pools;

/// <summary>Hears what became of a wish for a TCP connection: exactly one of the two, once, unless it was cancelled. Same thread.</summary>
public interface ITcpConnectCallbacks
{
    /// <summary>
    /// The connection is open: add filters and callbacks now (callbacks added here still hear Connected), it reads by itself. It is the
    /// receiver's to close; its end is counted and its circuit breaker released whoever closes it.
    /// </summary>
    void OnTcpReady(Connection upstream, Host host);

    /// <summary>No connection could be made.</summary>
    void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host);
}
