using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nuncio.Base.Stats;

/// <summary>One thread's cell of a histogram: counts per log-linear bin.</summary>
/// <remarks>
/// <para>
/// Owner: the thread of the cell's index is the only writer. The main thread reads while it writes: bins only ever grow, and an
/// interval is the difference between two readings, so that neither side waits for the other and no sample is lost or counted
/// twice.
/// </para>
/// <para>
/// Bins are those of libcircllhist for integers: 0, then two significant decimal digits and an exponent. Decade 0 holds the
/// values 0 to 9 exactly; decade e holds 90 bins for [10^e, 10^(e+1)). A decade's page is allocated by the first sample that
/// falls into it; an unused histogram has no pages at all.
/// </para>
/// </remarks>
public sealed class Histogram
{
    /// <summary>A percent sample of 1.0 is recorded as this integer (Envoy's scale).</summary>
    public const long PercentScale = 1_000_000;

    /// <summary>Decades of a 64-bit integer: 10^0 to 10^19.</summary>
    internal const int Decades = 20;

    /// <summary>Bins of decade 0: the values 0 to 9.</summary>
    internal const int FirstDecadeBins = 10;

    /// <summary>Bins of every other decade: 10 to 99 in its two leading digits.</summary>
    internal const int DecadeBins = 90;

    private static readonly ulong[] s_powersOfTen = PowersOfTen();

    private long[]?[]? _pages;

    internal Histogram()
    {
    }

    /// <summary>Records one sample. Nothing is allocated once the sample's decade has been seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(ulong value)
    {
        int decade = Decade(value);
        int bin = decade == 0 ? (int)value : Digits(value, decade) - 10;
        long[]?[]? pages = _pages;
        if (pages is not null && pages[decade] is { } page)
        {
            page[bin]++;
        }
        else
        {
            RecordInNewPage(decade, bin);
        }
    }

    /// <summary>Records one sample; a negative one (a clock that went back) counts as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long value) => Record(value < 0 ? 0UL : (ulong)value);

    /// <summary>
    /// The counts of one decade, or null where it has no sample. Any thread; read them with <see cref="Volatile"/>.
    /// </summary>
    internal long[]? Page(int decade)
    {
        long[]?[]? pages = Volatile.Read(ref _pages);
        return pages is null ? null : Volatile.Read(ref pages[decade]);
    }

    /// <summary>10^exponent as a double, which is exact for all decades.</summary>
    internal static double PowerOfTen(int exponent) => s_powersOfTen[exponent];

    /// <summary>floor(log10(value)), 0 for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Decade(ulong value)
    {
        // 1233/4096 is just above log10(2): the product is the decade or one too many, which the comparison mends.
        // Setting the lowest bit changes no decade, since 10, 100, ... are even, and gives 0 that of 1.
        value |= 1;
        int guess = ((BitOperations.Log2(value) + 1) * 1233) >> 12;
        return value < s_powersOfTen[guess] ? guess - 1 : guess;
    }

    /// <summary>The two leading decimal digits, 10 to 99, of a value in a decade above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digits(ulong value, int decade)
    {
        Debug.Assert(decade > 0);
        ulong divisor = s_powersOfTen[decade - 1];

        // The 32-bit division is several times faster on most processors, and latencies and sizes nearly always fit.
        return value <= uint.MaxValue ? (int)((uint)value / (uint)divisor) : (int)(value / divisor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecordInNewPage(int decade, int bin)
    {
        if (_pages is null)
        {
            Volatile.Write(ref _pages, new long[]?[Decades]);
        }

        long[] page = new long[decade == 0 ? FirstDecadeBins : DecadeBins];
        page[bin] = 1;
        Volatile.Write(ref _pages[decade], page);
    }

    private static ulong[] PowersOfTen()
    {
        var powers = new ulong[Decades];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
