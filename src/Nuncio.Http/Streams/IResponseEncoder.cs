using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>Sends the response of one server stream: informational*, headers, data*, trailers?. Implemented by the server codecs.</summary>
public interface IResponseEncoder
{
    /// <summary>The stream's control handle.</summary>
    IStreamControl Stream { get; }

    /// <summary>Sends a 1xx other than 101. The map is only read.</summary>
    void EncodeInformational(HeaderMap headers);

    /// <summary>Sends the response head (<c>:status</c> is required). The map is only read; hop-by-hop headers are the codec's own.</summary>
    void EncodeHeaders(HeaderMap headers, bool endStream);

    /// <summary>Sends a piece of the body, moving the bytes out of <paramref name="data"/>.</summary>
    void EncodeData(Buffer data, bool endStream);

    /// <summary>Sends the trailers (dropped where the protocol or configuration does not carry them) and ends the response.</summary>
    void EncodeTrailers(HeaderMap trailers);
}
