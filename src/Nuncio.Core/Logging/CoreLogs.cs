namespace Nuncio.Core.Logging;

/// <summary>
/// The named loggers that Core and the extensions write to, one set per process (tests: per proxy). Any thread.
/// </summary>
public sealed class CoreLogs
{
    /// <summary>Loggers that nobody listens to.</summary>
    public static readonly CoreLogs Off = new();

    /// <summary>Downstream connections.</summary>
    public ComponentLog Connection { get; } = new("connection");

    /// <summary>The HTTP connection manager.</summary>
    public ComponentLog Http { get; } = new("http");

    /// <summary>The router.</summary>
    public ComponentLog Router { get; } = new("router");

    /// <summary>Clusters.</summary>
    public ComponentLog Upstream { get; } = new("upstream");

    /// <summary>Upstream connections.</summary>
    public ComponentLog Pool { get; } = new("pool");

    /// <summary>All of them.</summary>
    public IEnumerable<ComponentLog> All => [Connection, Http, Router, Upstream, Pool];
}
