using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Core.ExtensionConfigs;

/// <summary>A network filter whose configuration is discovered. Immutable; shared by workers.</summary>
/// <param name="config">Where it is found.</param>
/// <param name="isTerminal">Whether it stands at the chain's end; every configuration is held to that.</param>
public sealed class DiscoveredNetworkFilterProvider(DiscoveredConfig<NetworkFilterProvider> config, bool isTerminal) : NetworkFilterProvider
{
    /// <inheritdoc/>
    public override bool IsTerminal => isTerminal;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new DiscoveredNetworkFilterMaker(config, worker, listener);
}
