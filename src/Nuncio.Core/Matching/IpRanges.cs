using System.Numerics;

namespace Nuncio.Core.Matching;

/// <summary>
/// The address space of one family cut into ranges, each with the place of its innermost prefix. Immutable; any thread.
/// </summary>
/// <remarks>
/// A range begins where its number says and ends before the next. A table over the highest bits, about as large as the list,
/// says where to begin: for addresses that are spread, the search behind it has a few steps, at worst log2 of the ranges.
/// </remarks>
internal sealed class IpRanges<TNumber>
    where TNumber : struct, IBinaryInteger<TNumber>, IMinMaxValue<TNumber>
{
    private const int MaxTableBits = 16;

    private readonly TNumber[] _starts;
    private readonly int[] _places;
    private readonly int[] _table;
    private readonly int _shift;

    /// <param name="prefixes">All prefixes of the map.</param>
    /// <param name="sorted">Places of this family's, outer before inner, from the lowest address on.</param>
    /// <param name="around">Filled: for each place that of the next shorter prefix around it.</param>
    internal IpRanges(IpPrefix[] prefixes, int[] sorted, int[] around)
    {
        var starts = new List<TNumber>(2 * sorted.Length + 1) { TNumber.Zero };
        var places = new List<int>(2 * sorted.Length + 1) { IpPrefixMap.None };
        var open = new Stack<int>();
        foreach (int place in sorted)
        {
            UInt128 first = prefixes[place].First;
            while (open.TryPeek(out int outer) && prefixes[outer].Last < first)
            {
                Close(prefixes, open, starts, places);
            }

            around[place] = open.TryPeek(out int parent) ? parent : IpPrefixMap.None;
            Begin(starts, places, TNumber.CreateTruncating(first), place);
            open.Push(place);
        }

        while (open.Count > 0)
        {
            Close(prefixes, open, starts, places);
        }

        _starts = [.. starts];
        _places = [.. places];
        int bits = Math.Min(MaxTableBits, BitOperations.Log2((uint)_starts.Length) + 1);
        _shift = TNumber.Zero.GetByteCount() * 8 - bits;
        _table = Table(_starts, bits, _shift);
    }

    /// <summary>The place of the innermost prefix around a number.</summary>
    internal int Find(TNumber number)
    {
        int bucket = int.CreateTruncating(number >>> _shift);
        int low = _table[bucket];
        int high = _table[bucket + 1];

        // The last range that begins at or before the number; the one at "low" does.
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (_starts[middle] <= number)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return _places[low];
    }

    /// <summary>Behind the innermost open prefix the one around it goes on.</summary>
    private static void Close(IpPrefix[] prefixes, Stack<int> open, List<TNumber> starts, List<int> places)
    {
        TNumber last = TNumber.CreateTruncating(prefixes[open.Pop()].Last);
        if (last != TNumber.MaxValue)
        {
            Begin(starts, places, last + TNumber.One, open.TryPeek(out int parent) ? parent : IpPrefixMap.None);
        }
    }

    private static void Begin(List<TNumber> starts, List<int> places, TNumber start, int place)
    {
        if (starts[^1] == start)
        {
            places[^1] = place;
        }
        else
        {
            starts.Add(start);
            places.Add(place);
        }
    }

    /// <summary>For each value of the highest bits the last range that begins at or before its first number.</summary>
    private static int[] Table(TNumber[] starts, int bits, int shift)
    {
        int[] table = new int[(1 << bits) + 1];
        int range = 0;
        for (int bucket = 0; bucket < 1 << bits; bucket++)
        {
            TNumber first = TNumber.CreateTruncating(bucket) << shift;
            while (range + 1 < starts.Length && starts[range + 1] <= first)
            {
                range++;
            }

            table[bucket] = range;
        }

        table[^1] = starts.Length - 1;
        return table;
    }
}
