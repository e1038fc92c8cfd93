namespace Nuncio.Http.Streams;

/// <summary>Why a stream ended before both directions were complete. Core's failure table turns it into status, flag and words.</summary>
public enum StreamResetReason : byte
{
    /// <summary>We gave the stream up.</summary>
    LocalReset,

    /// <summary>We refused the stream before doing anything with it.</summary>
    LocalRefusedStreamReset,

    /// <summary>The peer gave the stream up.</summary>
    RemoteReset,

    /// <summary>The peer refused the stream and did nothing with it.</summary>
    RemoteRefusedStreamReset,

    /// <summary>Our side could not make the connection.</summary>
    LocalConnectionFailure,

    /// <summary>The peer did not accept the connection.</summary>
    RemoteConnectionFailure,

    /// <summary>The connection was not made in time.</summary>
    ConnectionTimeout,

    /// <summary>The connection closed under the stream.</summary>
    ConnectionTermination,

    /// <summary>A limit (circuit breaker) was reached.</summary>
    Overflow,

    /// <summary>The peer answered a CONNECT with an error.</summary>
    ConnectError,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError,

    /// <summary>The overload manager ended it.</summary>
    OverloadManager,

    /// <summary>HTTP/1: the peer ended its response before our request was complete.</summary>
    Http1PrematureUpstreamHalfClose,
}
