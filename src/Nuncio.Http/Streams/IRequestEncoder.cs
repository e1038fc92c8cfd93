using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Streams;

/// <summary>Sends the request of one client stream: headers, data*, trailers?. Implemented by the client codecs.</summary>
public interface IRequestEncoder
{
    /// <summary>The stream's control handle.</summary>
    IStreamControl Stream { get; }

    /// <summary>
    /// Sends the request head. False, with nothing sent, when a required header is missing (<paramref name="missing"/> names it):
    /// a filter removed it. The map is only read.
    /// </summary>
    bool EncodeHeaders(HeaderMap headers, bool endStream, out string? missing);

    /// <summary>Sends a piece of the body, moving the bytes out of <paramref name="data"/>.</summary>
    void EncodeData(Buffer data, bool endStream);

    /// <summary>Sends the trailers (dropped where the protocol or configuration does not carry them) and ends the request.</summary>
    void EncodeTrailers(HeaderMap trailers);
}
