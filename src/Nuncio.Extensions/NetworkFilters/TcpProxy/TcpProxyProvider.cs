using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>A TCP proxy of one filter chain, shared by workers; immutable.</summary>
public sealed class TcpProxyProvider(TcpProxyConfig config) : NetworkFilterProvider
{
    /// <summary>What it does.</summary>
    public TcpProxyConfig Config => config;

    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new TcpProxyMaker(config, worker);
}
