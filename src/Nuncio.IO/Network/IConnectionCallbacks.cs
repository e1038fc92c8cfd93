namespace Nuncio.IO.Network;

/// <summary>What the users of a connection hear of it. On the worker's thread; closing from within is fine.</summary>
public interface IConnectionCallbacks
{
    /// <summary>A turn in its life; after a close event nothing follows.</summary>
    void OnConnectionEvent(ConnectionEvent connectionEvent);

    /// <summary>The write buffer went above the limit: stop producing.</summary>
    void OnAboveWriteBufferHighWatermark();

    /// <summary>The write buffer fell to half the limit: go on.</summary>
    void OnBelowWriteBufferLowWatermark();

    /// <summary>Bytes left for the peer: progress for idle and flush timers.</summary>
    void OnBytesSent(int bytes)
    {
    }
}
