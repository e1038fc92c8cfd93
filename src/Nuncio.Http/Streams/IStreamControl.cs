namespace Nuncio.Http.Streams;

/// <summary>The handle on a codec's stream that both directions share. Same thread as its connection.</summary>
public interface IStreamControl
{
    /// <summary>Who is told of resets and back-pressure; set by the owner of the stream, null when it has lost interest.</summary>
    IStreamEvents? Events { get; set; }

    /// <summary>
    /// Ends the stream at once in both directions. <see cref="IStreamEvents.OnStreamReset"/> is not called for a reset asked for here.
    /// HTTP/1 has only the connection to end with, so the connection is asked to close.
    /// </summary>
    void Reset(StreamResetReason reason);

    /// <summary>
    /// Stops (true) or resumes (false) delivery of the peer's data on this stream. Calls nest. Delivery never resumes inside
    /// this call: the codec's owner dispatches again in the same loop iteration.
    /// </summary>
    void ReadDisable(bool disable);

    /// <summary>Bytes that may be held for this stream before back-pressure; 0 is no limit.</summary>
    int BufferLimit { get; }
}
