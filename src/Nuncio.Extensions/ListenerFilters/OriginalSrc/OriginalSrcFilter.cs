using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.OriginalSrc;

/// <summary>
/// Has upstream connections of a client come from the client's address, as far as it is known when this filter's turn comes. Has no state
/// of its own: one for all sockets.
/// </summary>
internal sealed class OriginalSrcFilter(OriginalSrcConfig config) : ListenerFilter
{
    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
    {
        ConnectionInfo info = socket.Info;
        if (info.RemoteAddress.Kind is AddressKind.IPv4 or AddressKind.IPv6)
        {
            info.FilterState ??= new FilterState();
            info.FilterState.TrySet(UpstreamSocketOptions.Key, new UpstreamSocketOptions(info.RemoteAddress, Transparent: true, config.Mark));
        }

        return ListenerFilterStatus.Continue;
    }
}
