using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.OriginalSrc;

/// <summary>The original source filter of one listener, shared by workers; immutable.</summary>
public sealed class OriginalSrcProvider(OriginalSrcConfig config) : ListenerFilterProvider
{
    /// <summary>How upstream connections are made.</summary>
    public OriginalSrcConfig Config => config;

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new OriginalSrcMaker(config);
}

/// <summary>Lends one worker's sockets the filter. Owner: that worker.</summary>
internal sealed class OriginalSrcMaker(OriginalSrcConfig config) : ListenerFilterMaker
{
    private readonly OriginalSrcFilter _filter = new(config);

    /// <inheritdoc/>
    public override ListenerFilter? Create(AcceptedSocket socket) => _filter;
}
