using System.Diagnostics;
using System.Numerics;
using Nuncio.Base.Diagnostics;

namespace Nuncio.Http.Headers;

/// <summary>The header maps of one worker, and the larger arrays that some of them need. Last returned is first rented.</summary>
/// <remarks>Owner: one worker (or the main thread); nothing here is shared. The dispatcher calls <see cref="Trim"/> now and then.</remarks>
public sealed class HeaderMapPool
{
    private const int SmallestClass = 11; // 2 KiB: the first size above HeaderArena.BaseSize.
    private const int LargestClass = 17;  // 128 KiB: larger ones are left to the garbage collector.
    private const int MaxFreePerClass = 32;
    private const int Reserve = 16;

    private readonly byte[]?[][] _arrays = new byte[LargestClass - SmallestClass + 1][][];
    private readonly int[] _arrayCounts = new int[LargestClass - SmallestClass + 1];
    private HeaderMap? _free;
    private int _lowestFree;

    /// <summary>An empty pool.</summary>
    public HeaderMapPool()
    {
        for (int i = 0; i < _arrays.Length; i++)
        {
            _arrays[i] = [];
        }
    }

    /// <summary>Maps lent out now.</summary>
    public int Rented { get; private set; }

    /// <summary>Maps waiting to be rented again.</summary>
    public int Free { get; private set; }

    /// <summary>An empty map; whoever holds it last calls <see cref="Return"/>.</summary>
    public HeaderMap Rent()
    {
        Rented++;
        HeaderMap? map = _free;
        if (map is null)
        {
            _lowestFree = 0;
            return new HeaderMap(this) { IsRented = true };
        }

        _free = map.NextFree;
        map.NextFree = null;
        map.IsRented = true;
        Free--;
        if (Free < _lowestFree)
        {
            _lowestFree = Free;
        }

        return map;
    }

    /// <summary>Takes a map back, clearing it. Spans taken from it are no longer valid.</summary>
    public void Return(HeaderMap map)
    {
        Debug.Assert(ReferenceEquals(map.Pool, this), "a header map belongs to the pool that made it");
        if (!map.IsRented)
        {
            Bug.Report("a header map was returned twice");
            return;
        }

        map.Clear();
        map.IsRented = false;
        map.NextFree = _free;
        _free = map;
        Rented--;
        Free++;
    }

    /// <summary>Gives up the maps that stayed free since the last call, less a small reserve, and all large arrays.</summary>
    public void Trim()
    {
        int surplus = Math.Min(_lowestFree, Free) - Reserve;
        for (; surplus > 0 && _free is { } map; surplus--)
        {
            _free = map.NextFree;
            map.NextFree = null;
            Free--;
        }

        _lowestFree = Free;
        if (Rented == 0)
        {
            for (int i = 0; i < _arrays.Length; i++)
            {
                Array.Clear(_arrays[i]);
                _arrayCounts[i] = 0;
            }
        }
    }

    internal byte[] RentArray(int atLeast)
    {
        int log = Math.Max(SmallestClass, BitOperations.Log2((uint)atLeast - 1) + 1);
        int index = log - SmallestClass;
        if (log <= LargestClass && _arrayCounts[index] > 0)
        {
            int last = --_arrayCounts[index];
            byte[] array = _arrays[index][last]!;
            _arrays[index][last] = null;
            return array;
        }

        return GC.AllocateUninitializedArray<byte>(1 << log);
    }

    internal void ReturnArray(byte[] array)
    {
        int log = BitOperations.Log2((uint)array.Length);
        if (log is < SmallestClass or > LargestClass)
        {
            return;
        }

        int index = log - SmallestClass;
        if (_arrays[index].Length == 0)
        {
            _arrays[index] = new byte[MaxFreePerClass][];
        }

        if (_arrayCounts[index] < MaxFreePerClass)
        {
            _arrays[index][_arrayCounts[index]++] = array;
        }
    }
}
