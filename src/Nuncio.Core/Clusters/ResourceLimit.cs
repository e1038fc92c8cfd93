using System.Runtime.InteropServices;

namespace Nuncio.Core.Clusters;

/// <summary>
/// One limit of a circuit breaker, shared by all workers: each counts in a cell of its own, so that a request costs no atomic
/// operation while nobody is near the limit.
/// </summary>
/// <remarks>
/// <para>
/// Any thread, each writing its own cell only. A cell at or above its share (limit divided by cells) is hot. While no cell is hot
/// the sum is below the limit for certain; otherwise the cells are summed. Two workers that acquire the last unit at the same
/// moment both get it: as in Envoy, limits are eventually exact.
/// </para>
/// <para>Made with its <see cref="ClusterInfo"/>; used through <see cref="WorkerLimit"/>.</para>
/// </remarks>
public sealed class ResourceLimit
{
    private readonly Cell[] _cells;
    private readonly long _share;
    private int _hot;
    private int _open;

    /// <param name="max">The limit.</param>
    /// <param name="cells">Threads that count.</param>
    public ResourceLimit(uint max, int cells)
    {
        Max = max;
        _cells = new Cell[cells];
        _share = max / cells;

        // With a share of nothing no cell could ever tell that it is within it.
        _hot = _share == 0 ? 1 : 0;
    }

    /// <summary>The limit.</summary>
    public uint Max { get; }

    /// <summary>Units in use now, over all threads.</summary>
    public long InUse
    {
        get
        {
            long sum = 0;
            foreach (ref Cell cell in _cells.AsSpan())
            {
                sum += Volatile.Read(ref cell.Count);
            }

            return sum;
        }
    }

    /// <summary>Whether a unit is free.</summary>
    internal bool CanAcquire => Volatile.Read(ref _hot) == 0 || InUse < Max;

    /// <summary>Takes a unit, over the limit if need be. True when this used the limit up, for the first to notice.</summary>
    internal bool Acquire(int cell)
    {
        ref int count = ref _cells[cell].Count;
        Volatile.Write(ref count, count + 1);
        if (count == _share)
        {
            Interlocked.Increment(ref _hot);
        }

        return Volatile.Read(ref _hot) != 0 && InUse >= Max && Interlocked.Exchange(ref _open, 1) == 0;
    }

    /// <summary>Gives a unit back. True when this made the limit usable again, for the first to notice.</summary>
    internal bool Release(int cell)
    {
        ref int count = ref _cells[cell].Count;
        if (count == _share)
        {
            Interlocked.Decrement(ref _hot);
        }

        Volatile.Write(ref count, count - 1);
        return Volatile.Read(ref _open) != 0 && InUse < Max && Interlocked.Exchange(ref _open, 0) == 1;
    }

    /// <summary>A counter alone on its cache lines (two, because processors fetch them in pairs).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public int Count;
    }
}
