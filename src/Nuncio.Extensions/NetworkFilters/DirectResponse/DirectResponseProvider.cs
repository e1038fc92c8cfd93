using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.DirectResponse;

/// <summary>The direct response of one filter chain, shared by workers; immutable.</summary>
public sealed class DirectResponseProvider(DirectResponseConfig config) : NetworkFilterProvider
{
    /// <summary>What it answers.</summary>
    public DirectResponseConfig Config => config;

    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new DirectResponseMaker(config);
}

/// <summary>Makes one worker's direct response filters. Owner: that worker.</summary>
internal sealed class DirectResponseMaker(DirectResponseConfig config) : NetworkFilterMaker
{
    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new DirectResponseFilter(config));
}
