namespace Nuncio.Http.Streams;

/// <summary>Protocol of a message, printed by <c>%PROTOCOL%</c>.</summary>
public enum HttpProtocol : byte
{
    /// <summary>Not known (yet): prints <c>-</c>.</summary>
    Unknown,

    /// <summary>HTTP/1.0.</summary>
    Http10,

    /// <summary>HTTP/1.1.</summary>
    Http11,

    /// <summary>HTTP/2.</summary>
    Http2,
}
