namespace Nuncio.Base.Stats;

/// <summary>How histograms are shown (<c>?histogram_buckets=</c>).</summary>
public enum HistogramBucketsMode
{
    /// <summary>Not said: quantiles as text and JSON, cumulative buckets for Prometheus.</summary>
    Unset,

    /// <summary>Quantiles.</summary>
    Summary,

    /// <summary>Configured buckets, each with all samples up to its bound.</summary>
    Cumulative,

    /// <summary>Configured buckets, each with the samples above the bound before it.</summary>
    Disjoint,

    /// <summary>Every bin that holds samples, and quantiles.</summary>
    Detailed,
}
