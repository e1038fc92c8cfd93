namespace Nuncio.IO.Network;

/// <summary>How a connection is closed; the names and meanings of Envoy's <c>ConnectionCloseType</c>.</summary>
public enum ConnectionCloseType
{
    /// <summary>Send what is buffered, then close; at most the delayed close timeout without progress.</summary>
    FlushWrite,

    /// <summary>One attempt to send what is buffered, then close at once.</summary>
    NoFlush,

    /// <summary>Send what is buffered, then wait for the peer's end or the delayed close timeout, so that it can read everything.</summary>
    FlushWriteAndDelay,

    /// <summary>Close at once, buffered bytes are dropped.</summary>
    Abort,

    /// <summary>Close at once with a reset.</summary>
    AbortReset,
}
