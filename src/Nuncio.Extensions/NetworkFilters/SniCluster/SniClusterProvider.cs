using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.SniCluster;

/// <summary>The SNI cluster filter of one filter chain, shared by workers; immutable.</summary>
public sealed class SniClusterProvider : NetworkFilterProvider
{
    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new SniClusterMaker();
}

/// <summary>Makes one worker's SNI cluster filters. Owner: that worker.</summary>
internal sealed class SniClusterMaker : NetworkFilterMaker
{
    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new SniClusterFilter(accepted.Info));
}
