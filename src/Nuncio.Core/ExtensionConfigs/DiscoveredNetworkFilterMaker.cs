using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Core.ExtensionConfigs;

/// <summary>
/// One worker's side of a <see cref="DiscoveredNetworkFilterProvider"/>: makes the inner maker once for each configuration, when its first
/// connection comes. Owner: the worker.
/// </summary>
internal sealed class DiscoveredNetworkFilterMaker(DiscoveredConfig<NetworkFilterProvider> config, WorkerContext worker, ListenerContext listener)
    : NetworkFilterMaker
{
    private NetworkFilterProvider? _provider;
    private NetworkFilterMaker? _inner;

    /// <summary>Whether connections must be turned away; asked before <see cref="AddTo"/>.</summary>
    internal bool IsMissing => config.Current is null;

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted)
    {
        NetworkFilterProvider now = config.Current!;
        if (now != _provider)
        {
            _inner = now.CreateForWorker(worker, listener);
            _provider = now;
        }

        _inner!.AddTo(connection, accepted);
    }
}
