using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;

namespace Nuncio.Extensions.HttpFilters.Buffer;

/// <summary>The buffer filter of one filter chain configuration, shared by workers; immutable.</summary>
public sealed class BufferProvider(BufferConfig config) : HttpFilterProvider
{
    /// <inheritdoc/>
    public override HttpFilterMaker CreateForWorker(WorkerContext worker, StatScope httpScope) => new BufferMaker(config);
}

/// <summary>Makes one worker's buffer filters. Owner: that worker.</summary>
internal sealed class BufferMaker(BufferConfig config) : HttpFilterMaker
{
    /// <inheritdoc/>
    public override bool Reusable => true;

    /// <inheritdoc/>
    public override bool SeesResponseBody => false;

    /// <inheritdoc/>
    public override HttpFilter Create() => new BufferFilter(config);
}
