namespace Nuncio.Base.Stats;

/// <summary>What a histogram's samples measure; statsd sinks and percent scaling depend on it.</summary>
public enum HistogramUnit
{
    /// <summary>No unit known.</summary>
    Unspecified,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Microseconds.</summary>
    Microseconds,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>
    /// A ratio, recorded as an integer times <see cref="Histogram.PercentScale"/> and divided by it when shown.
    /// </summary>
    Percent,
}
