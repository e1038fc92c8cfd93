namespace Nuncio.Base.Stats;

/// <summary>What is shown of a set of bins: quantiles, bucket counts, count and sum.</summary>
/// <remarks>
/// Computed when asked for, by the main thread; immutable. Same approximations as the libcircllhist that Envoy is built with
/// (63a16dd, 2019): a quantile is interpolated linearly inside its bin, a bucket counts the bins that lie wholly at or below its
/// bound, the sum takes every sample to be in the middle of its bin.
/// </remarks>
public sealed class HistogramStatistics
{
    private static readonly double[] s_supportedQuantiles = [0, 0.25, 0.5, 0.75, 0.90, 0.95, 0.99, 0.995, 0.999, 1];

    private readonly double[] _quantiles = new double[s_supportedQuantiles.Length];
    private readonly long[] _buckets;

    internal HistogramStatistics(HistogramBins bins, HistogramUnit unit, double[] bucketBounds)
    {
        List<HistogramBin> filled = bins.NonEmpty();
        double scale = unit == HistogramUnit.Percent ? Histogram.PercentScale : 1;
        Count = bins.Count;
        ComputeQuantiles(filled, scale);
        _buckets = CountBelow(filled, bucketBounds, scale);
        double sum = 0;
        foreach (HistogramBin bin in filled)
        {
            sum += (bin.LowerBound + bin.Width / 2) * bin.Count;
        }

        Sum = sum / scale;
    }

    /// <summary>The quantiles that are computed, as fractions, ascending.</summary>
    public static ReadOnlySpan<double> SupportedQuantiles => s_supportedQuantiles;

    /// <summary>One value per supported quantile; NaN where there are no samples.</summary>
    public ReadOnlySpan<double> Quantiles => _quantiles;

    /// <summary>Samples at or below each bucket's bound: cumulative over the buckets, as Prometheus wants them.</summary>
    public ReadOnlySpan<long> BucketCounts => _buckets;

    /// <summary>Samples.</summary>
    public long Count { get; }

    /// <summary>Their approximate sum.</summary>
    public double Sum { get; }

    /// <summary>Samples in one bucket alone.</summary>
    public long DisjointBucketCount(int bucket) => _buckets[bucket] - (bucket == 0 ? 0 : _buckets[bucket - 1]);

    private void ComputeQuantiles(List<HistogramBin> bins, double scale)
    {
        if (bins.Count == 0)
        {
            Array.Fill(_quantiles, double.NaN);
            return;
        }

        int at = 0;
        double below = 0;
        for (int i = 0; i < _quantiles.Length; i++)
        {
            double rank = Count * s_supportedQuantiles[i];
            while (at < bins.Count - 1 && below + bins[at].Count < rank)
            {
                below += bins[at].Count;
                at++;
            }

            HistogramBin bin = bins[at];
            double value = bin.LowerBound + (rank - below) / bin.Count * bin.Width;
            if (rank == below + bin.Count)
            {
                // Not through the division above, whose rounding could step past the bin.
                value = bin.UpperBound;
            }

            _quantiles[i] = value / scale;
        }
    }

    private static long[] CountBelow(List<HistogramBin> bins, double[] bounds, double scale)
    {
        var counts = new long[bounds.Length];
        int at = 0;
        long below = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            while (at < bins.Count && bins[at].UpperBound <= bounds[i] * scale)
            {
                below += bins[at].Count;
                at++;
            }

            counts[i] = below;
        }

        return counts;
    }
}
