using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary>The connection limit of one filter chain, shared by workers; immutable but for the count.</summary>
public sealed class ConnectionLimitProvider(ConnectionLimitConfig config) : NetworkFilterProvider
{
    private readonly ConnectionCounter _counter = new(config.MaxConnections);

    /// <summary>How many connections.</summary>
    public ConnectionLimitConfig Config => config;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new ConnectionLimitMaker(config, _counter, new ConnectionLimitStats(worker.Stats.SubScope("connection_limit." + config.StatPrefix)));
}

/// <summary>Makes one worker's connection limit filters. Owner: that worker.</summary>
internal sealed class ConnectionLimitMaker(ConnectionLimitConfig config, ConnectionCounter counter, ConnectionLimitStats stats) : NetworkFilterMaker
{
    internal ConnectionLimitConfig Config => config;

    internal ConnectionCounter Counter => counter;

    internal ConnectionLimitStats Stats => stats;

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new ConnectionLimitFilter(this));
}
