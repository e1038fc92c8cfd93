using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>
/// The client side of one connection's protocol, sans I/O. HTTP/1 carries one stream at a time. Owner: the connection's worker.
/// </summary>
public interface IClientCodec
{
    /// <summary>Protocol spoken.</summary>
    HttpProtocol Protocol { get; }

    /// <summary>Begins a stream; the response goes to <paramref name="decoder"/>. HTTP/1: only when no stream is active.</summary>
    IRequestEncoder NewStream(IResponseDecoder decoder);

    /// <summary>Decodes what it can of <paramref name="input"/> and drains it; see <see cref="IServerCodec.Dispatch"/>.</summary>
    CodecStatus Dispatch(Buffer input);

    /// <summary>Whether more input would only pile up now.</summary>
    bool IsReadBlocked { get; }

    /// <summary>
    /// The upstream closed its side. Ends a body that is delimited by the close; otherwise an active stream is reset by
    /// <see cref="StreamResetReason.ConnectionTermination"/>. Input that was received before is dispatched first. Also called by an
    /// owner that closes the connection itself while a stream is active.
    /// </summary>
    void OnPeerClosed();

    /// <summary>Whether the connection can carry another stream after the last one (keep-alive, complete messages both ways).</summary>
    bool IsReusable { get; }

    /// <summary>The output moved above (true) or below (false) the connection's watermark; streams are told.</summary>
    void OnOutputBackedUp(bool above);
}
