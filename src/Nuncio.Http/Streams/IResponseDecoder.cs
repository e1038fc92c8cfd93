using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>Receives a response as the client codec decodes it. Implemented above the codec (one per upstream request).</summary>
public interface IResponseDecoder
{
    /// <summary>A 1xx other than 101. The map now belongs to the receiver.</summary>
    void OnInformational(HeaderMap headers);

    /// <summary>The response head. The map now belongs to the receiver, who returns it to its pool when done.</summary>
    void OnResponseHeaders(HeaderMap headers, bool endStream);

    /// <summary>A piece of the body; the receiver must take (move or drain) all of it before returning.</summary>
    void OnResponseData(Buffer data, bool endStream);

    /// <summary>The trailers, which end the response. The map now belongs to the receiver.</summary>
    void OnResponseTrailers(HeaderMap trailers);
}
