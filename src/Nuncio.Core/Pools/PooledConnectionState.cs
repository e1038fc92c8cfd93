namespace Nuncio.Core.Pools;

/// <summary>
/// Where a pooled connection is in its life:
/// <code>
///   Connecting --connected--> Ready --last free stream taken--> Busy --stream ended--> Ready
///        |                      |                                 |
///        |                      '---- drained, too old, used up --+--> Draining --last stream ended--> Closed
///        '--- failed, timed out -----------------------------------------------------------------------> Closed
/// </code>
/// </summary>
internal enum PooledConnectionState : byte
{
    /// <summary>Being made.</summary>
    Connecting,

    /// <summary>Can take a stream.</summary>
    Ready,

    /// <summary>Carries all the streams it can.</summary>
    Busy,

    /// <summary>Takes no further stream, closes after its last one.</summary>
    Draining,

    /// <summary>Gone.</summary>
    Closed,
}
