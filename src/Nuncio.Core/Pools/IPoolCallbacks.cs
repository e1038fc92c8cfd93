using Nuncio.Core.Clusters;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;

namespace Nuncio.Core.Pools;

/// <summary>Hears what became of a wish for a stream: exactly one of the two, once, unless it was cancelled. Same thread as the pool.</summary>
public interface IPoolCallbacks
{
    /// <summary>
    /// A stream was opened: encode the request. <paramref name="reusedConnection"/>: the connection has carried a request before, so
    /// the upstream may close it at any moment for no fault of this request.
    /// </summary>
    void OnPoolReady(IRequestEncoder encoder, Connection upstream, Host host, HttpProtocol protocol, bool reusedConnection);

    /// <summary>No stream could be opened.</summary>
    void OnPoolFailure(PoolFailureReason reason, string? transportFailureReason, Host host);
}
