namespace Nuncio.Base.Stats;

/// <summary>
/// Stats as <c>name: value</c> lines; text readouts in quotes, histograms as
/// <c>name: P0(interval,cumulative) P25(...) ...</c> or as the query's bucket mode says. Made per request by the main thread.
/// </summary>
public sealed class StatsText : StatsRenderer
{
    private static readonly string[] s_quantileNames =
        ["P0", "P25", "P50", "P75", "P90", "P95", "P99", "P99.5", "P99.9", "P100"];

    /// <summary>Takes the stats that the query asks for.</summary>
    public StatsText(StatsStore store, StatsQuery query)
        : base(query) => AddByName(store);

    private protected override void WriteStat(ref Utf8Emitter emitter, Stat stat, Stat? previous)
    {
        emitter.Text(stat.Name);
        switch (stat)
        {
            case CounterStat counter:
                emitter.Raw(": "u8);
                emitter.Number(counter.Value);
                break;
            case GaugeStat gauge:
                emitter.Raw(": "u8);
                emitter.Number(gauge.Value);
                break;
            case TextReadoutStat readout:
                emitter.Raw(": \""u8);
                emitter.Text(readout.Value);
                emitter.Raw("\""u8);
                break;
            case HistogramStat histogram:
                emitter.Raw(":"u8);
                WriteHistogram(ref emitter, histogram);
                break;
        }

        emitter.Raw("\n"u8);
    }

    private void WriteHistogram(ref Utf8Emitter emitter, HistogramStat histogram)
    {
        if (!histogram.Used)
        {
            emitter.Raw(" No recorded values"u8);
            return;
        }

        HistogramStatistics interval = histogram.IntervalStatistics();
        HistogramStatistics cumulative = histogram.CumulativeStatistics();
        switch (Query.Buckets)
        {
            case HistogramBucketsMode.Cumulative or HistogramBucketsMode.Disjoint:
                WriteBuckets(ref emitter, histogram.Buckets, interval, cumulative);
                break;
            case HistogramBucketsMode.Detailed:
                emitter.Raw("\n  totals="u8);
                WriteBins(ref emitter, histogram.Cumulative.NonEmpty());
                emitter.Raw("\n  intervals="u8);
                WriteBins(ref emitter, histogram.Interval.NonEmpty());
                emitter.Raw("\n  summary="u8);
                WriteQuantiles(ref emitter, interval, cumulative);
                break;
            default:
                emitter.Raw(" "u8);
                WriteQuantiles(ref emitter, interval, cumulative);
                break;
        }
    }

    private static void WriteQuantiles(ref Utf8Emitter emitter, HistogramStatistics interval, HistogramStatistics cumulative)
    {
        for (int i = 0; i < s_quantileNames.Length; i++)
        {
            emitter.Text(i == 0 ? "" : " ");
            emitter.Text(s_quantileNames[i]);
            emitter.Raw("("u8);
            emitter.Shortest(interval.Quantiles[i]);
            emitter.Raw(","u8);
            emitter.Shortest(cumulative.Quantiles[i]);
            emitter.Raw(")"u8);
        }
    }

    private void WriteBuckets(
        ref Utf8Emitter emitter, ReadOnlySpan<double> bounds, HistogramStatistics interval, HistogramStatistics cumulative)
    {
        bool disjoint = Query.Buckets == HistogramBucketsMode.Disjoint;
        for (int i = 0; i < bounds.Length; i++)
        {
            emitter.Raw(" B"u8);
            emitter.General(bounds[i], "G6");
            emitter.Raw("("u8);
            emitter.Number(disjoint ? interval.DisjointBucketCount(i) : interval.BucketCounts[i]);
            emitter.Raw(","u8);
            emitter.Number(disjoint ? cumulative.DisjointBucketCount(i) : cumulative.BucketCounts[i]);
            emitter.Raw(")"u8);
        }
    }

    private static void WriteBins(ref Utf8Emitter emitter, List<HistogramBin> bins)
    {
        for (int i = 0; i < bins.Count; i++)
        {
            emitter.Text(i == 0 ? "" : ", ");
            emitter.General(bins[i].LowerBound, "G15");
            emitter.Raw(","u8);
            emitter.General(bins[i].Width, "G15");
            emitter.Raw(":"u8);
            emitter.Number(bins[i].Count);
        }
    }
}
