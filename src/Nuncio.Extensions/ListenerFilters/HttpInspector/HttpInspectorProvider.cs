using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.HttpInspector;

/// <summary>The HTTP inspector of one listener, shared by workers; immutable.</summary>
public sealed class HttpInspectorProvider : ListenerFilterProvider
{
    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new HttpInspectorMaker(new HttpInspectorStats(worker.Stats.SubScope("http_inspector")));
}

/// <summary>Makes one worker's HTTP inspectors. Owner: that worker.</summary>
internal sealed class HttpInspectorMaker(HttpInspectorStats stats) : ListenerFilterMaker
{
    /// <inheritdoc/>
    public override ListenerFilter Create(AcceptedSocket socket) => new HttpInspectorFilter(stats);
}
