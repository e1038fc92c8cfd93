using Nuncio.Base.Buffers;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Formatting;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.SetFilterState;

/// <summary>The set_filter_state filter of one filter chain, shared by workers; immutable.</summary>
public sealed class SetFilterStateProvider(SetFilterStateConfig config) : NetworkFilterProvider
{
    /// <summary>What is set.</summary>
    public SetFilterStateConfig Config => config;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new SetFilterStateMaker(config);
}

/// <summary>Makes one worker's set_filter_state filters, and lends them what they format with. Owner: that worker.</summary>
internal sealed class SetFilterStateMaker(SetFilterStateConfig config) : NetworkFilterMaker
{
    private readonly StreamInfo _stream = new();
    private readonly ByteWriter _scratch = new();

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new SetFilterStateFilter(this, accepted.Info));

    /// <summary>Sets everything, in order.</summary>
    internal void Apply(Connection connection, ConnectionInfo info)
    {
        _stream.Describe(info, connection.Dispatcher);
        _stream.ConnectionId = connection.Id;
        var context = new FormatContext(_stream, null, null, null, connection.Dispatcher.NowNanos, connection.Dispatcher.UtcTicks);
        FilterStateAssignment.ApplyAll(config.OnNewConnection, context, info, _scratch);

        // No transport of this version has a handshake, so what waits for one is due now.
        FilterStateAssignment.ApplyAll(config.OnHandshake, context, info, _scratch);
        _stream.Reset();
    }
}
