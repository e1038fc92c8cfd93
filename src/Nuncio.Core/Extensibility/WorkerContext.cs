using Nuncio.Base.Stats;
using Nuncio.Core.Clusters;
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
        Clusters = new WorkerClusters(this);
    }

    /// <summary>The loop; its owner thread is the only one that touches anything here.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>Root scope of the statistics, bound to this worker's cells.</summary>
    public StatScope Stats { get; }

    /// <summary>Pool of header maps.</summary>
    public HeaderMapPool Headers { get; }

    /// <summary>This worker's view of the clusters.</summary>
    public WorkerClusters Clusters { get; }
}
