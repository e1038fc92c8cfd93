namespace Nuncio.Base.Buffers;

/// <summary>
/// The blocks and slices of one worker. Last returned is first rented, so the memory in use stays in the cache.
/// </summary>
/// <remarks>
/// Owner: one worker (or the main thread); nothing here is shared. The dispatcher calls <see cref="Trim"/> now and then, so that
/// memory taken by a burst of load is given back.
/// </remarks>
public sealed class BlockPool
{
    /// <summary>
    /// Bytes of one block: one read of a usual request or response with room to spare; large bodies use several at a time.
    /// </summary>
    public const int BlockSize = 16 * 1024;

    private Block? _free;
    private Slice? _freeSlices;
    private int _freeSliceCount;
    private int _lowestFree;

    /// <summary>Blocks lent out now.</summary>
    public int Rented { get; private set; }

    /// <summary>Blocks waiting to be rented again.</summary>
    public int Free { get; private set; }

    internal Block RentBlock()
    {
        Block? block = _free;
        Rented++;
        if (block is null)
        {
            _lowestFree = 0;
            return new Block(BlockSize) { References = 1 };
        }

        _free = block.NextFree;
        block.NextFree = null;
        block.References = 1;
        block.Used = 0;
        Free--;
        if (Free < _lowestFree)
        {
            _lowestFree = Free;
        }

        return block;
    }

    internal Slice RentSlice(Block block, int start, int end)
    {
        Slice? slice = _freeSlices;
        if (slice is null)
        {
            slice = new Slice();
        }
        else
        {
            _freeSlices = slice.Next;
            slice.Next = null;
            _freeSliceCount--;
        }

        slice.Block = block;
        slice.Start = start;
        slice.End = end;
        return slice;
    }

    internal void Return(Slice slice)
    {
        Block block = slice.Block;
        slice.Block = null!;
        slice.Next = _freeSlices;
        _freeSlices = slice;
        _freeSliceCount++;
        if (--block.References == 0)
        {
            block.NextFree = _free;
            _free = block;
            Free++;
            Rented--;
        }
    }

    /// <summary>
    /// Gives back what was not needed since the last call: the blocks that stayed free throughout, less a small reserve.
    /// Called by the owner about every second.
    /// </summary>
    public void Trim()
    {
        const int Reserve = 16;
        int surplus = Math.Min(_lowestFree, Free) - Reserve;
        for (; surplus > 0 && _free is { } block; surplus--)
        {
            _free = block.NextFree;
            block.NextFree = null;
            Free--;
        }

        _lowestFree = Free;
        while (_freeSliceCount > 4 * (Rented + Reserve) && _freeSlices is { } slice)
        {
            _freeSlices = slice.Next;
            slice.Next = null;
            _freeSliceCount--;
        }
    }
}
