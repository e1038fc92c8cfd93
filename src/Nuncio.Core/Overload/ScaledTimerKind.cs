namespace Nuncio.Core.Overload;

/// <summary>The timeouts that overload may shorten, <c>ScaleTimersOverloadActionConfig.TimerType</c>.</summary>
public enum ScaledTimerKind : byte
{
    /// <summary>A downstream HTTP connection without streams.</summary>
    HttpDownstreamConnectionIdle,

    /// <summary>A stream on which nothing moves.</summary>
    HttpDownstreamStreamIdle,

    /// <summary>The handshake of a downstream transport socket.</summary>
    TransportSocketConnect,

    /// <summary>The age of a downstream HTTP connection.</summary>
    HttpDownstreamConnectionMax,

    /// <summary>A stream that is over but for what its client does not take.</summary>
    HttpDownstreamStreamFlush,
}
