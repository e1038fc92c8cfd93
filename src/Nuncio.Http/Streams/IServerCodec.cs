using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>
/// The server side of one connection's protocol, sans I/O: bytes in by <see cref="Dispatch"/>, bytes out appended to the output
/// buffer given at construction. Owner: the connection's worker.
/// </summary>
public interface IServerCodec
{
    /// <summary>Protocol of the requests decoded now.</summary>
    HttpProtocol Protocol { get; }

    /// <summary>
    /// Decodes what it can of <paramref name="input"/> and drains it; leaves bytes there when it must wait (a stream is read-disabled,
    /// or HTTP/1 is busy with the response before): the owner calls again after that ended, in the same iteration.
    /// </summary>
    CodecStatus Dispatch(Buffer input);

    /// <summary>Whether more input would only pile up now: the owner stops reading the socket until this is false.</summary>
    bool IsReadBlocked { get; }

    /// <summary>
    /// Whether the peer said of its last request that it is the last, and it was read to its end: nothing can come behind it, so the
    /// connection may be closed without waiting for the peer to have read everything (RFC 9112 section 9.6).
    /// </summary>
    bool IsPeerDone { get; }

    /// <summary>The peer will send nothing more. A request cut short is reset (remote).</summary>
    void OnPeerHalfClosed();

    /// <summary>Announces that the connection takes no further streams (HTTP/1: next response carries <c>connection: close</c>).</summary>
    void GoAway();

    /// <summary>
    /// Takes no more input. False when it had ended before; else there is a stream to be answered or reset now, begun if there was none,
    /// and the codec asks to close (flushing) after its answer.
    /// </summary>
    bool TryRefuse();

    /// <summary>The output moved above (true) or below (false) the connection's watermark; streams are told.</summary>
    void OnOutputBackedUp(bool above);
}
