using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.ListenerFilters.SetFilterState;

/// <summary>Puts values into the filter state of an accepted socket. Owner: the worker; one for all of its sockets.</summary>
internal sealed class SetFilterStateFilter(SetFilterStateConfig config) : ListenerFilter
{
    private readonly StreamInfo _stream = new();
    private readonly ByteWriter _scratch = new();

    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
    {
        ConnectionInfo info = socket.Info;
        _stream.Describe(info, socket.Dispatcher);
        var context = new FormatContext(_stream, null, null, null, socket.Dispatcher.NowNanos, socket.Dispatcher.UtcTicks);
        FilterStateAssignment.ApplyAll(config.OnAccept, context, info, _scratch);
        _stream.Reset();
        return ListenerFilterStatus.Continue;
    }
}
