using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.OriginalDst;

/// <summary>
/// Restores where a client wanted to go before the system redirected it; for a connection of this process to an internal listener, what
/// was left for it. Has no state of its own: one for all sockets.
/// </summary>
internal sealed class OriginalDstFilter : ListenerFilter
{
    private const string MetadataNamespace = "envoy.filters.listener.original_dst";
    private const string MetadataKey = "local";

    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
    {
        ConnectionInfo info = socket.Info;
        switch (info.DirectLocalAddress.Kind)
        {
            case AddressKind.IPv4 or AddressKind.IPv6:
                // A client that was not redirected has the address it came to, which then leads to no other listener.
                if (socket.Dispatcher.Sockets.GetOriginalDestination(socket.FileDescriptor, info.DirectLocalAddress.Kind) is { } destination)
                {
                    info.LocalAddress = destination;
                }

                break;
            case AddressKind.Internal:
                RestoreInternal(info);
                break;
            default:
                break;
        }

        return ListenerFilterStatus.Continue;
    }

    private static void RestoreInternal(ConnectionInfo info)
    {
        // Envoy: metadata that does not hold an address is not made up for by filter state.
        if (info.Metadata?.Find(MetadataNamespace)?.GetValueOrDefault(MetadataKey) is string text)
        {
            if (NetworkAddress.TryParseIpAndPort(text, out NetworkAddress? parsed))
            {
                info.LocalAddress = parsed!;
            }
        }
        else if (info.FilterState?.Find(FilterStateObjects.OriginalDestinationLocal) is NetworkAddress local)
        {
            info.LocalAddress = local;
        }

        if (info.FilterState?.Find(FilterStateObjects.OriginalDestinationRemote) is NetworkAddress remote)
        {
            info.RemoteAddress = remote;
        }
    }
}
