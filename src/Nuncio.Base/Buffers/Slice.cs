namespace Nuncio.Base.Buffers;

/// <summary>
/// A range of one block, and the link to the next range of the same buffer. Owned by exactly one buffer, or by the pool's free
/// list. Same thread as its block.
/// </summary>
internal sealed class Slice
{
    internal Block Block = null!;
    internal int Start;
    internal int End;
    internal Slice? Next;

    internal int Length => End - Start;

    internal ReadOnlySpan<byte> Span => new(Block.Array, Start, End - Start);

    /// <summary>Bytes this slice may still grow by in place.</summary>
    internal int Room => End == Block.Used ? Block.Array.Length - End : 0;
}
