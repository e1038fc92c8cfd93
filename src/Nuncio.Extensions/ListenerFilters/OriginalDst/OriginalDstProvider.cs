using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.OriginalDst;

/// <summary>The original destination filter of one listener, shared by workers; immutable.</summary>
public sealed class OriginalDstProvider : ListenerFilterProvider
{
    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new OriginalDstMaker();
}

/// <summary>Lends one worker's sockets the filter. Owner: that worker.</summary>
internal sealed class OriginalDstMaker : ListenerFilterMaker
{
    private static readonly OriginalDstFilter s_filter = new();

    /// <inheritdoc/>
    public override ListenerFilter? Create(AcceptedSocket socket) => s_filter;
}
