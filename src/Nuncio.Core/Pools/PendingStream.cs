using Nuncio.Http.Streams;

namespace Nuncio.Core.Pools;

/// <summary>A request that waits for a connection. Owner: the pool's worker, which pools it.</summary>
/// <remarks>
/// Invariant: in exactly one list of its pool (waiting, or being failed) from the moment it is handed out until its callback is
/// called or <see cref="Cancel"/>; after either the holder must forget it, because it will serve another request.
/// </remarks>
public sealed class PendingStream
{
    private readonly HttpConnectionPool _pool;

    internal IResponseDecoder Decoder = null!;
    internal IPoolCallbacks Callbacks = null!;
    /// <summary>Only a connection that never carried a request will do.</summary>
    internal bool NeedsFresh;
    internal PendingList? List;
    internal PendingStream? Next;
    internal PendingStream? Previous;

    internal PendingStream(HttpConnectionPool pool) => _pool = pool;

    /// <summary>The stream is not wanted any more; no callback follows. The connection being made for it stays, for others.</summary>
    public void Cancel() => _pool.Cancel(this);
}
