namespace Nuncio.Base.Stats;

/// <summary>
/// Stats as JSON in Envoy's shape: <c>{"stats":[{"name":..,"value":..},...,{"histograms":{...}}]}</c>, where all histograms are
/// in one last element that is missing if there are none. Made per request by the main thread.
/// </summary>
public sealed class StatsJson : StatsRenderer
{
    /// <summary>Takes the stats that the query asks for.</summary>
    public StatsJson(StatsStore store, StatsQuery query)
        : base(query) => AddByName(store);

    private protected override void Begin(ref Utf8Emitter emitter) => emitter.Raw("{\"stats\":["u8);

    private protected override void WriteStat(ref Utf8Emitter emitter, Stat stat, Stat? previous)
    {
        if (previous is not null)
        {
            emitter.Raw(","u8);
        }

        if (stat is HistogramStat histogram)
        {
            if (previous is not HistogramStat)
            {
                BeginHistograms(ref emitter);
            }

            WriteHistogram(ref emitter, histogram);
            return;
        }

        emitter.Raw("{\"name\":"u8);
        emitter.JsonString(stat.Name);
        emitter.Raw(",\"value\":"u8);
        switch (stat)
        {
            case CounterStat counter:
                emitter.Number(counter.Value);
                break;
            case GaugeStat gauge:
                emitter.Number(gauge.Value);
                break;
            case TextReadoutStat readout:
                emitter.JsonString(readout.Value);
                break;
        }

        emitter.Raw("}"u8);
    }

    private protected override void End(ref Utf8Emitter emitter, Stat? last)
    {
        if (last is HistogramStat)
        {
            // The list, then (where there is one) the object that it is in, then the element.
            emitter.Text(IsPlainList ? "]}" : "]}}");
        }

        emitter.Raw("]}"u8);
    }

    private bool IsPlainList => Query.Buckets is HistogramBucketsMode.Cumulative or HistogramBucketsMode.Disjoint;

    private void BeginHistograms(ref Utf8Emitter emitter)
    {
        emitter.Raw("{\"histograms\":"u8);
        if (IsPlainList)
        {
            emitter.Raw("["u8);
            return;
        }

        bool detailed = Query.Buckets == HistogramBucketsMode.Detailed;
        emitter.Text(detailed ? "{\"supported_percentiles\":[" : "{\"supported_quantiles\":[");
        for (int i = 0; i < HistogramStatistics.SupportedQuantiles.Length; i++)
        {
            emitter.Text(i == 0 ? "" : ",");
            emitter.General(HistogramStatistics.SupportedQuantiles[i] * 100, "G6");
        }

        emitter.Text(detailed ? "],\"details\":[" : "],\"computed_quantiles\":[");
    }

    private void WriteHistogram(ref Utf8Emitter emitter, HistogramStat histogram)
    {
        HistogramStatistics interval = histogram.IntervalStatistics();
        HistogramStatistics cumulative = histogram.CumulativeStatistics();
        emitter.Raw("{\"name\":"u8);
        emitter.JsonString(histogram.Name);
        if (IsPlainList)
        {
            WriteBuckets(ref emitter, histogram.Buckets, interval, cumulative);
        }
        else if (Query.Buckets == HistogramBucketsMode.Detailed)
        {
            emitter.Raw(",\"totals\":"u8);
            WriteBins(ref emitter, histogram.Cumulative.NonEmpty());
            emitter.Raw(",\"intervals\":"u8);
            WriteBins(ref emitter, histogram.Interval.NonEmpty());
            emitter.Raw(",\"percentiles\":"u8);
            WriteQuantiles(ref emitter, interval, cumulative);
        }
        else
        {
            emitter.Raw(",\"values\":"u8);
            WriteQuantiles(ref emitter, interval, cumulative);
        }

        emitter.Raw("}"u8);
    }

    private static void WriteQuantiles(ref Utf8Emitter emitter, HistogramStatistics interval, HistogramStatistics cumulative)
    {
        emitter.Raw("["u8);
        for (int i = 0; i < HistogramStatistics.SupportedQuantiles.Length; i++)
        {
            emitter.Text(i == 0 ? "{\"cumulative\":" : ",{\"cumulative\":");
            emitter.JsonNumber(cumulative.Quantiles[i]);
            emitter.Raw(",\"interval\":"u8);
            emitter.JsonNumber(interval.Quantiles[i]);
            emitter.Raw("}"u8);
        }

        emitter.Raw("]"u8);
    }

    private void WriteBuckets(
        ref Utf8Emitter emitter, ReadOnlySpan<double> bounds, HistogramStatistics interval, HistogramStatistics cumulative)
    {
        bool disjoint = Query.Buckets == HistogramBucketsMode.Disjoint;
        emitter.Raw(",\"buckets\":["u8);
        for (int i = 0; i < bounds.Length; i++)
        {
            emitter.Text(i == 0 ? "{\"upper_bound\":" : ",{\"upper_bound\":");
            emitter.JsonNumber(bounds[i]);
            emitter.Raw(",\"interval\":"u8);
            emitter.Number(disjoint ? interval.DisjointBucketCount(i) : interval.BucketCounts[i]);
            emitter.Raw(",\"cumulative\":"u8);
            emitter.Number(disjoint ? cumulative.DisjointBucketCount(i) : cumulative.BucketCounts[i]);
            emitter.Raw("}"u8);
        }

        emitter.Raw("]"u8);
    }

    private static void WriteBins(ref Utf8Emitter emitter, List<HistogramBin> bins)
    {
        emitter.Raw("["u8);
        for (int i = 0; i < bins.Count; i++)
        {
            emitter.Text(i == 0 ? "{\"lower_bound\":" : ",{\"lower_bound\":");
            emitter.JsonNumber(bins[i].LowerBound);
            emitter.Raw(",\"width\":"u8);
            emitter.JsonNumber(bins[i].Width);
            emitter.Raw(",\"count\":"u8);
            emitter.Number(bins[i].Count);
            emitter.Raw("}"u8);
        }

        emitter.Raw("]"u8);
    }
}
