using System.Text.RegularExpressions;

namespace Nuncio.Base.Stats;

/// <summary>Which stats to show, and how: the query of <c>/stats</c> and <c>/stats/prometheus</c>. Immutable.</summary>
public sealed record StatsQuery
{
    private Regex? _filter;

    /// <summary>Only stats that were ever changed (<c>usedonly</c>).</summary>
    public bool UsedOnly { get; init; }

    /// <summary>
    /// Only this kind (<c>type</c>); null for all. The Prometheus format pays no heed to it, as Envoy's does not.
    /// </summary>
    public StatKind? Kind { get; init; }

    /// <summary>Hidden stats (<c>hidden</c>).</summary>
    public HiddenStats Hidden { get; init; }

    /// <summary>How to show histograms (<c>histogram_buckets</c>).</summary>
    public HistogramBucketsMode Buckets { get; init; }

    /// <summary>Whether the Prometheus format shows text readouts (<c>text_readouts</c>).</summary>
    public bool TextReadouts { get; init; }

    /// <summary>The format (<c>format</c>).</summary>
    public StatsFormat Format { get; init; }

    /// <summary>
    /// Reads the part of a URL behind its <c>?</c>. False with the body of a 400 in <paramref name="error"/> where a value is
    /// not valid; parameters that are not known are skipped, of repeated ones the first counts.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, StatsFormat format, out StatsQuery query, out string error)
    {
        Dictionary<string, string> parameters = Parameters(text);
        query = new StatsQuery
        {
            Format = format,
            UsedOnly = parameters.ContainsKey("usedonly"),
            TextReadouts = parameters.ContainsKey("text_readouts"),
        };
        error = "";
        string filter = parameters.GetValueOrDefault("filter", "");
        return TryBuckets(parameters.GetValueOrDefault("histogram_buckets", ""), ref query, ref error)
            && (filter.Length == 0 || query.TryWithFilter(filter, out query, out error))
            && TryKind(parameters.GetValueOrDefault("type", ""), ref query, ref error)
            && TryHidden(parameters.GetValueOrDefault("hidden", ""), ref query, ref error)
            && TryFormat(parameters.GetValueOrDefault("format", ""), ref query, ref error)
            && IsPossible(query, ref error);
    }

    /// <summary>
    /// The same query, for stats only whose full name has a match of the expression somewhere in it (<c>filter</c>).
    /// </summary>
    public bool TryWithFilter(string expression, out StatsQuery query, out string error)
    {
        query = this;
        if (!StatRegex.TryCompile(expression, out Regex? regex, out _))
        {
            error = "Invalid re2 regex";
            return false;
        }

        query = this with { _filter = regex };
        error = "";
        return true;
    }

    /// <summary>Whether a stat is to be shown, whatever its kind.</summary>
    internal bool Shows(Stat stat)
    {
        if (Hidden != HiddenStats.Include && stat.Hidden != (Hidden == HiddenStats.Only))
        {
            return false;
        }

        return (!UsedOnly || stat.Used) && (_filter is null || _filter.IsMatch(stat.Name));
    }

    private static Dictionary<string, string> Parameters(ReadOnlySpan<char> text)
    {
        var parameters = new Dictionary<string, string>();
        foreach (Range range in text.Split('&'))
        {
            ReadOnlySpan<char> part = text[range];
            int equals = part.IndexOf('=');
            ReadOnlySpan<char> value = equals < 0 ? "" : part[(equals + 1)..];
            parameters.TryAdd(Uri.UnescapeDataString(equals < 0 ? part : part[..equals]), Uri.UnescapeDataString(value));
        }

        return parameters;
    }

    private static bool TryBuckets(string value, ref StatsQuery query, ref string error)
    {
        HistogramBucketsMode? mode = value switch
        {
            "" => HistogramBucketsMode.Unset,
            "cumulative" => HistogramBucketsMode.Cumulative,
            "disjoint" => HistogramBucketsMode.Disjoint,
            "detailed" => HistogramBucketsMode.Detailed,
            "summary" or "none" => HistogramBucketsMode.Summary,
            _ => null,
        };
        if (mode is null)
        {
            error = "usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary)\n";
            return false;
        }

        query = query with { Buckets = mode.Value };
        return true;
    }

    private static bool TryKind(string value, ref StatsQuery query, ref string error)
    {
        switch (value)
        {
            case "" or "All":
                return true;
            case "Counters":
                query = query with { Kind = StatKind.Counter };
                return true;
            case "Gauges":
                query = query with { Kind = StatKind.Gauge };
                return true;
            case "Histograms":
                query = query with { Kind = StatKind.Histogram };
                return true;
            case "TextReadouts":
                query = query with { Kind = StatKind.TextReadout };
                return true;
            default:
                error = "invalid &type= param";
                return false;
        }
    }

    private static bool TryHidden(string value, ref StatsQuery query, ref string error)
    {
        HiddenStats? hidden = value switch
        {
            "" or "exclude" => HiddenStats.Exclude,
            "include" => HiddenStats.Include,
            "only" => HiddenStats.Only,
            _ => null,
        };
        if (hidden is null)
        {
            error = "usage: /stats?hidden=(include|only|exclude)\n\n";
            return false;
        }

        query = query with { Hidden = hidden.Value };
        return true;
    }

    private static bool TryFormat(string value, ref StatsQuery query, ref string error)
    {
        StatsFormat? format = value switch
        {
            "" => query.Format,
            "text" => StatsFormat.Text,
            "json" => StatsFormat.Json,
            "prometheus" => StatsFormat.Prometheus,
            "html" => StatsFormat.Html,
            "active-html" => StatsFormat.ActiveHtml,
            _ => null,
        };
        if (format is null)
        {
            error = "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n";
            return false;
        }

        query = query with { Format = format.Value };
        return true;
    }

    private static bool IsPossible(StatsQuery query, ref string error)
    {
        if (query.Format == StatsFormat.Prometheus
            && query.Buckets is HistogramBucketsMode.Disjoint or HistogramBucketsMode.Detailed)
        {
            error = "unsupported prometheus histogram bucket mode";
            return false;
        }

        return true;
    }
}
