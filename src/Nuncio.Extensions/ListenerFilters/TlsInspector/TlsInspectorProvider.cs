using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>The TLS inspector of one listener, shared by workers; immutable.</summary>
public sealed class TlsInspectorProvider(TlsInspectorConfig config) : ListenerFilterProvider
{
    /// <summary>What it does.</summary>
    public TlsInspectorConfig Config => config;

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new TlsInspectorMaker(config, new TlsInspectorStats(worker.Stats.SubScope("tls_inspector")));
}
