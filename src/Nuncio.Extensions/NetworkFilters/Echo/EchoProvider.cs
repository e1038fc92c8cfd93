using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.Echo;

/// <summary>The echo filter of one filter chain, shared by workers; immutable.</summary>
public sealed class EchoProvider : NetworkFilterProvider
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new EchoMaker();
}

/// <summary>Makes one worker's echo filters. Owner: that worker.</summary>
internal sealed class EchoMaker : NetworkFilterMaker
{
    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) => connection.AddReadFilter(new EchoFilter());
}
