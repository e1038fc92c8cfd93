using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>
/// Receives a request as the server codec decodes it: headers, data*, trailers?; exactly one call carries the end. Implemented
/// above the codec (one per stream). HTTP/1: when the response is complete before the request, nothing more of the request comes.
/// </summary>
public interface IRequestDecoder
{
    /// <summary>The request head. The map now belongs to the receiver, who returns it to its pool when done.</summary>
    void OnRequestHeaders(HeaderMap headers, bool endStream);

    /// <summary>A piece of the body; the receiver must take (move or drain) all of it before returning.</summary>
    void OnRequestData(Buffer data, bool endStream);

    /// <summary>The trailers, which end the request. The map now belongs to the receiver.</summary>
    void OnRequestTrailers(HeaderMap trailers);

    /// <summary>
    /// The bytes broke the protocol. The receiver answers with a local reply of <paramref name="error"/>'s status through the
    /// stream's <see cref="IResponseEncoder"/> if nothing was answered yet, inside this call or later; the connection closes after
    /// it. When response headers were sent before, the stream is over with this call.
    /// </summary>
    void OnRequestError(in CodecError error);
}
