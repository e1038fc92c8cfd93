namespace Nuncio.IO.Network;

/// <summary>What became of one read or write of a transport socket.</summary>
/// <param name="Bytes">Payload bytes moved.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">The negated error number for <see cref="IoOutcome.Failed"/>, or 0.</param>
public readonly record struct IoResult(int Bytes, IoOutcome Outcome, int Error = 0);

/// <summary>How a read or write of a transport socket ended.</summary>
public enum IoOutcome : byte
{
    /// <summary>The system had no more, or no more room: the next event tells.</summary>
    Blocked,

    /// <summary>There may be more; the caller asked for no more than this.</summary>
    More,

    /// <summary>Everything asked for is written (writes), or the peer's end was read (reads).</summary>
    Done,

    /// <summary>The connection cannot be used any more.</summary>
    Failed,
}
