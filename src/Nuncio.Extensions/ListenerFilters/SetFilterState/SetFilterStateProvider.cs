using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.SetFilterState;

/// <summary>The set_filter_state filter of one listener, shared by workers; immutable.</summary>
public sealed class SetFilterStateProvider(SetFilterStateConfig config) : ListenerFilterProvider
{
    /// <summary>What is set.</summary>
    public SetFilterStateConfig Config => config;

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new SetFilterStateMaker(config);
}

/// <summary>Lends one worker's sockets the filter. Owner: that worker.</summary>
internal sealed class SetFilterStateMaker(SetFilterStateConfig config) : ListenerFilterMaker
{
    private readonly SetFilterStateFilter _filter = new(config);

    /// <inheritdoc/>
    public override ListenerFilter? Create(AcceptedSocket socket) => _filter;
}
