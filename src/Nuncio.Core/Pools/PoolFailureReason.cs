namespace Nuncio.Core.Pools;

/// <summary>Why no stream or connection could be had; Core's failure table turns it into status, flag and words.</summary>
public enum PoolFailureReason : byte
{
    /// <summary>A circuit breaker is open.</summary>
    Overflow,

    /// <summary>Our side could not make the connection.</summary>
    LocalConnectionFailure,

    /// <summary>The host did not accept the connection.</summary>
    RemoteConnectionFailure,

    /// <summary>The connection was not made in time.</summary>
    Timeout,
}
