namespace Nuncio.IO.Events;

/// <summary>What a poller saw on a descriptor since it last told (edge-triggered).</summary>
[Flags]
public enum IoEvents : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Bytes, an end of stream or an accepted connection may be read.</summary>
    Readable = 1,

    /// <summary>There is room to write, or a connect has ended.</summary>
    Writable = 2,

    /// <summary>The peer will send no more (FIN), or the connection is gone.</summary>
    PeerClosed = 4,

    /// <summary>The socket has an error pending.</summary>
    Error = 8,
}
