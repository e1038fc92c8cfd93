namespace Nuncio.Base.Stats;

/// <summary>
/// Stats in the Prometheus text format 0.0.4: <c>envoy_</c> before the name without tags, tags as labels, all stats of one name
/// under one <c># TYPE</c> line. Made per request by the main thread.
/// </summary>
/// <remarks>
/// Histograms are histograms with the configured buckets over all samples, or (<see cref="HistogramBucketsMode.Summary"/>)
/// summaries with the quantiles of the last interval.
/// </remarks>
public sealed class StatsPrometheus : StatsRenderer
{
    /// <summary>Takes the stats that the query asks for.</summary>
    public StatsPrometheus(StatsStore store, StatsQuery query)
        : base(query)
    {
        Add(Counters(store), CompareMetrics);
        Add(Gauges(store), CompareMetrics);
        if (query.TextReadouts)
        {
            Add(TextReadouts(store), CompareMetrics);
        }

        Add(Histograms(store), CompareMetrics);
    }

    private protected override void WriteStat(ref Utf8Emitter emitter, Stat stat, Stat? previous)
    {
        if (previous is null || previous.Kind != stat.Kind || CompareMetricNames(previous, stat) != 0)
        {
            emitter.Raw("# TYPE "u8);
            WriteName(ref emitter, stat);
            emitter.Text(stat.Kind switch
            {
                StatKind.Counter => " counter\n",
                StatKind.Histogram when Query.Buckets == HistogramBucketsMode.Summary => " summary\n",
                StatKind.Histogram => " histogram\n",
                _ => " gauge\n",
            });
        }

        switch (stat)
        {
            case CounterStat counter:
                WriteSample(ref emitter, stat, "", "", "");
                emitter.Number(counter.Value);
                break;
            case GaugeStat gauge:
                WriteSample(ref emitter, stat, "", "", "");
                emitter.Number(gauge.Value);
                break;
            case TextReadoutStat readout:
                WriteSample(ref emitter, stat, "", "text_value", readout.Value);
                emitter.Raw("0"u8);
                break;
            case HistogramStat histogram when Query.Buckets == HistogramBucketsMode.Summary:
                WriteSummary(ref emitter, histogram);
                break;
            case HistogramStat histogram:
                WriteHistogram(ref emitter, histogram);
                break;
        }

        emitter.Raw("\n"u8);
    }

    private static void WriteHistogram(ref Utf8Emitter emitter, HistogramStat histogram)
    {
        HistogramStatistics statistics = histogram.CumulativeStatistics();
        for (int i = 0; i < histogram.Buckets.Length; i++)
        {
            WriteSampleUpToLabel(ref emitter, histogram, "_bucket", "le");
            emitter.General(histogram.Buckets[i], "G32");
            emitter.Raw("\"} "u8);
            emitter.Number(statistics.BucketCounts[i]);
            emitter.Raw("\n"u8);
        }

        WriteSample(ref emitter, histogram, "_bucket", "le", "+Inf");
        emitter.Number(statistics.Count);
        emitter.Raw("\n"u8);
        WriteSumAndCount(ref emitter, histogram, statistics);
    }

    private static void WriteSummary(ref Utf8Emitter emitter, HistogramStat histogram)
    {
        HistogramStatistics statistics = histogram.IntervalStatistics();
        for (int i = 0; i < HistogramStatistics.SupportedQuantiles.Length; i++)
        {
            WriteSampleUpToLabel(ref emitter, histogram, "", "quantile");
            emitter.Shortest(HistogramStatistics.SupportedQuantiles[i]);
            emitter.Raw("\"} "u8);
            emitter.General(statistics.Quantiles[i], "G32");
            emitter.Raw("\n"u8);
        }

        WriteSumAndCount(ref emitter, histogram, statistics);
    }

    private static void WriteSumAndCount(ref Utf8Emitter emitter, HistogramStat histogram, HistogramStatistics statistics)
    {
        WriteSample(ref emitter, histogram, "_sum", "", "");
        emitter.General(statistics.Sum, "G32");
        emitter.Raw("\n"u8);
        WriteSample(ref emitter, histogram, "_count", "", "");
        emitter.Number(statistics.Count);
    }

    /// <summary><c>name_suffix{labels,label="value"} </c>, without the last label where its name is empty.</summary>
    private static void WriteSample(ref Utf8Emitter emitter, Stat stat, string suffix, string label, string value)
    {
        WriteSampleUpToLabel(ref emitter, stat, suffix, label);
        if (label.Length != 0)
        {
            WriteEscaped(ref emitter, value);
            emitter.Raw("\""u8);
        }

        emitter.Raw("} "u8);
    }

    /// <summary><c>name_suffix{labels,label="</c>: the label's value and what follows it are left to the caller.</summary>
    private static void WriteSampleUpToLabel(ref Utf8Emitter emitter, Stat stat, string suffix, string label)
    {
        WriteName(ref emitter, stat);
        emitter.Text(suffix);
        emitter.Raw("{"u8);
        for (int i = 0; i < stat.Tags.Length; i++)
        {
            emitter.Text(i == 0 ? "" : ",");
            WriteSanitized(ref emitter, stat.Tags[i].Name);
            emitter.Raw("=\""u8);
            WriteEscaped(ref emitter, stat.Tags[i].Value);
            emitter.Raw("\""u8);
        }

        if (label.Length != 0)
        {
            emitter.Text(stat.Tags.Length == 0 ? "" : ",");
            emitter.Text(label);
            emitter.Raw("=\""u8);
        }
    }

    private static void WriteName(ref Utf8Emitter emitter, Stat stat)
    {
        emitter.Raw("envoy_"u8);
        WriteSanitized(ref emitter, stat.TagExtractedName);
    }

    /// <summary>Letters, digits and underscores; an underscore for anything else.</summary>
    private static void WriteSanitized(ref Utf8Emitter emitter, string name)
    {
        ReadOnlySpan<char> rest = name;
        while (!rest.IsEmpty)
        {
            int good = 0;
            while (good < rest.Length && Sanitize(rest[good]) == rest[good])
            {
                good++;
            }

            emitter.Text(rest[..good]);
            rest = rest[good..];
            if (!rest.IsEmpty)
            {
                emitter.Raw("_"u8);
                rest = rest[1..];
            }
        }
    }

    private static void WriteEscaped(ref Utf8Emitter emitter, string value)
    {
        ReadOnlySpan<char> rest = value;
        int special;
        while ((special = rest.IndexOfAny('\\', '"', '\n')) >= 0)
        {
            emitter.Text(rest[..special]);
            emitter.Text(rest[special] switch
            {
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => "\\n",
            });
            rest = rest[(special + 1)..];
        }

        emitter.Text(rest);
    }

    private static char Sanitize(char c) => char.IsAsciiLetterOrDigit(c) ? c : '_';

    private static int CompareMetrics(Stat a, Stat b)
    {
        int byMetric = CompareMetricNames(a, b);
        return byMetric != 0 ? byMetric : string.CompareOrdinal(a.Name, b.Name);
    }

    /// <summary>
    /// By the name that Prometheus sees. Envoy groups by the name before sanitising, so that <c>a.b</c> and <c>a_b</c> get two
    /// TYPE lines for one metric, which parsers refuse; here they share one.
    /// </summary>
    private static int CompareMetricNames(Stat a, Stat b)
    {
        string left = a.TagExtractedName;
        string right = b.TagExtractedName;
        if (ReferenceEquals(left, right))
        {
            return 0;
        }

        int common = Math.Min(left.Length, right.Length);
        for (int i = 0; i < common; i++)
        {
            int difference = Sanitize(left[i]) - Sanitize(right[i]);
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }
}
