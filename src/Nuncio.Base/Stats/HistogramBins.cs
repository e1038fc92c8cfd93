using System.Diagnostics;

namespace Nuncio.Base.Stats;

/// <summary>The merged counts of a histogram, in the same decades and bins as <see cref="Histogram"/>.</summary>
/// <remarks>Owner: the main thread.</remarks>
public sealed class HistogramBins
{
    private readonly long[]?[] _pages = new long[]?[Histogram.Decades];

    internal HistogramBins()
    {
    }

    /// <summary>Samples in all bins.</summary>
    public long Count { get; private set; }

    /// <summary>The bins that hold samples, in ascending order.</summary>
    public List<HistogramBin> NonEmpty()
    {
        var bins = new List<HistogramBin>();
        for (int decade = 0; decade < _pages.Length; decade++)
        {
            long[] page = _pages[decade] ?? [];
            for (int bin = 0; bin < page.Length; bin++)
            {
                if (page[bin] != 0)
                {
                    bins.Add(Describe(decade, bin, page[bin]));
                }
            }
        }

        return bins;
    }

    /// <summary>
    /// Brings one decade up to what the cells hold now: the interval becomes the difference to the cumulative counts, and those
    /// become <paramref name="now"/>.
    /// </summary>
    internal static void Advance(HistogramBins cumulative, HistogramBins interval, int decade, ReadOnlySpan<long> now)
    {
        long[] total = cumulative.Page(decade);
        long[] gained = interval.Page(decade);
        for (int bin = 0; bin < total.Length; bin++)
        {
            long gain = now[bin] - total[bin];
            Debug.Assert(gain >= 0, "bins only grow");
            interval.Count += gain - gained[bin];
            cumulative.Count += gain;
            gained[bin] = gain;
            total[bin] = now[bin];
        }
    }

    private long[] Page(int decade) =>
        _pages[decade] ??= new long[decade == 0 ? Histogram.FirstDecadeBins : Histogram.DecadeBins];

    // Envoy: libcircllhist computes digits / 10 * 10^decade, which is a last bit off for some (110.00000000000001); this is
    // exact.
    private static HistogramBin Describe(int decade, int bin, long count)
    {
        if (decade == 0)
        {
            return new HistogramBin(bin, bin == 0 ? 0 : 0.1, count);
        }

        double width = Histogram.PowerOfTen(decade - 1);
        return new HistogramBin((bin + 10) * width, width, count);
    }
}
