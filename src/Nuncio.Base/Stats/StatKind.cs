namespace Nuncio.Base.Stats;

/// <summary>The four kinds of statistic. A name may exist once in each kind (Envoy keeps one map per kind).</summary>
public enum StatKind
{
    /// <summary>Only ever grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>A distribution of recorded integers.</summary>
    Histogram,

    /// <summary>A piece of text, such as a version.</summary>
    TextReadout,
}
