using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>The PROXY protocol filter of one listener, shared by workers; immutable.</summary>
public sealed class ProxyProtocolProvider(ProxyProtocolConfig config) : ListenerFilterProvider
{
    /// <summary>What it does.</summary>
    public ProxyProtocolConfig Config => config;

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new ProxyProtocolMaker(config, new ProxyProtocolStats(worker.Stats, config.StatPrefix));
}

/// <summary>Makes one worker's PROXY protocol filters. Owner: that worker.</summary>
internal sealed class ProxyProtocolMaker(ProxyProtocolConfig config, ProxyProtocolStats stats) : ListenerFilterMaker
{
    /// <inheritdoc/>
    public override ListenerFilter Create(AcceptedSocket socket) => new ProxyProtocolFilter(config, stats);
}
