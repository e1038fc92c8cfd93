namespace Nuncio.Base.Stats;

/// <summary>A histogram: one <see cref="Histogram"/> cell per thread, merged at every flush.</summary>
/// <remarks>
/// Owner: the main thread merges and reads. Invariant: <see cref="Cumulative"/> is what the cells held at the last flush and
/// <see cref="Interval"/> what came between the last two.
/// </remarks>
public sealed class HistogramStat : Stat
{
    private readonly Histogram?[] _cells;
    private readonly double[] _buckets;

    internal HistogramStat(in StatIdentity identity, int cellCount, HistogramUnit unit, double[] buckets)
        : base(identity)
    {
        _cells = new Histogram?[cellCount];
        _buckets = buckets;
        Unit = unit;
    }

    /// <inheritdoc/>
    public override StatKind Kind => StatKind.Histogram;

    /// <summary>What the samples measure.</summary>
    public HistogramUnit Unit { get; }

    /// <summary>Upper bounds of the buckets that are shown, ascending.</summary>
    public ReadOnlySpan<double> Buckets => _buckets;

    /// <summary>
    /// Whether a flush has seen a sample. Envoy: before the first flush a recorded histogram is not yet "used".
    /// </summary>
    public override bool Used => Cumulative.Count != 0;

    /// <summary>Samples between the last two flushes.</summary>
    public HistogramBins Interval { get; } = new();

    /// <summary>All samples up to the last flush.</summary>
    public HistogramBins Cumulative { get; } = new();

    /// <summary>Quantiles, buckets, count and sum of the last interval.</summary>
    public HistogramStatistics IntervalStatistics() => new(Interval, Unit, _buckets);

    /// <summary>Quantiles, buckets, count and sum of all samples.</summary>
    public HistogramStatistics CumulativeStatistics() => new(Cumulative, Unit, _buckets);

    /// <summary>The cell of an index, made when it is first asked for. Under the store's lock.</summary>
    internal Histogram Cell(int index, out bool made)
    {
        made = _cells[index] is null;
        Histogram cell = _cells[index] ?? new Histogram();
        Volatile.Write(ref _cells[index], cell);
        return cell;
    }

    /// <summary>Reads the cells: what they gained since the last merge is the new interval.</summary>
    internal void Merge()
    {
        Span<long> sums = stackalloc long[Histogram.DecadeBins];
        for (int decade = 0; decade < Histogram.Decades; decade++)
        {
            if (Sum(decade, sums))
            {
                HistogramBins.Advance(Cumulative, Interval, decade, sums);
            }
        }
    }

    private bool Sum(int decade, Span<long> sums)
    {
        bool any = false;
        for (int i = 0; i < _cells.Length; i++)
        {
            long[]? page = Volatile.Read(ref _cells[i])?.Page(decade);
            if (page is null)
            {
                continue;
            }

            if (!any)
            {
                sums.Clear();
                any = true;
            }

            for (int bin = 0; bin < page.Length; bin++)
            {
                sums[bin] += Volatile.Read(ref page[bin]);
            }
        }

        return any;
    }
}
