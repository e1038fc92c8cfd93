namespace Nuncio.Http.Http1;

/// <summary>What the HTTP/1 codecs count. Implemented in Core over stats cells; called by the worker that owns the codec.</summary>
public interface IHttp1Counters
{
    /// <summary>A header was dropped for an underscore in its name (<c>dropped_headers_with_underscores</c>).</summary>
    void DroppedHeaderWithUnderscore();

    /// <summary>A request was refused for an underscore in a header name (<c>requests_rejected_with_underscores_in_headers</c>).</summary>
    void RequestRejectedWithUnderscore();

    /// <summary>A peer sent what nobody asked for: bytes after the last response, or informational responses without end (<c>response_flood</c>).</summary>
    void ResponseFlood();

    /// <summary>A body was not as long as its content-length said; the connection is closed after it.</summary>
    void BodyLengthMismatch();
}
