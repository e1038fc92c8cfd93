using Nuncio.Base.Stats;
using Nuncio.Core.Clusters;
using Nuncio.Core.Logging;
using Nuncio.Core.Overload;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.IO.Events;

namespace Nuncio.Core.Extensibility;

/// <summary>
/// What a worker (or the main thread) lends to everything that lives on it. One per dispatcher, made at start, lives as long.
/// </summary>
public sealed class WorkerContext
{
    /// <summary>Made on the main thread before the worker's thread starts.</summary>
    public WorkerContext(Dispatcher dispatcher, StatsStore stats)
    {
        Dispatcher = dispatcher;
        Stats = stats.Root(dispatcher.Index);
        Headers = new HeaderMapPool();
        dispatcher.Trimming += Headers.Trim;
        Overload = new WorkerOverload(dispatcher);
        Clusters = new WorkerClusters(this);
    }

    /// <summary>The loop; its owner thread is the only one that touches anything here.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>Root scope of the statistics, bound to this worker's cells.</summary>
    public StatScope Stats { get; }

    /// <summary>Pool of header maps.</summary>
    public HeaderMapPool Headers { get; }

    /// <summary>What load the worker takes.</summary>
    public WorkerOverload Overload { get; }

    /// <summary>
    /// Connects to a listener of this process by name: one end of a connected socket pair, whose other end that listener on this worker
    /// has accepted; negative when there is no such listener. With it goes what is known of the client it is made for, if it is for one
    /// alone. Set by who makes the listeners; null where there are none of this kind (Envoy: internal listeners).
    /// </summary>
    public Func<string, ConnectionInfo?, int>? InternalConnector { get; set; }

    /// <summary>Named loggers. Set before the worker's thread starts; nobody listens until then.</summary>
    public CoreLogs Logs { get; set; } = CoreLogs.Off;

    /// <summary>This worker's view of the clusters.</summary>
    public WorkerClusters Clusters { get; }
}
