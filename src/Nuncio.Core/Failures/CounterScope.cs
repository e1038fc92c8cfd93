namespace Nuncio.Core.Failures;

/// <summary>Which scope of statistics a failure's counter is in.</summary>
public enum CounterScope : byte
{
    /// <summary>It has no counter of its own.</summary>
    None,

    /// <summary><c>http.STAT_PREFIX.</c></summary>
    Http,

    /// <summary><c>cluster.NAME.</c></summary>
    Cluster,

    /// <summary><c>listener.ADDRESS.</c></summary>
    Listener,

    /// <summary><c>tcp.STAT_PREFIX.</c></summary>
    Tcp,
}
