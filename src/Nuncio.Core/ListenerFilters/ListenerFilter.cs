namespace Nuncio.Core.ListenerFilters;

/// <summary>
/// One filter on one accepted socket, before its filter chain is chosen: looks at the first bytes, restores addresses, or turns the
/// client away. Envoy: "Listener filters".
/// </summary>
/// <remarks>Owner: the socket's worker. Made when the socket is accepted; ends when the socket became a connection or was closed.</remarks>
public abstract class ListenerFilter
{
    /// <summary>Bytes it must at most see to decide; 0 looks at none. May grow while the filter runs.</summary>
    public virtual int MaxReadBytes => 0;

    /// <summary>The socket's turn for this filter has come. A filter that needs bytes answers StopIteration and gets <see cref="OnData"/>.</summary>
    public abstract ListenerFilterStatus OnAccept(AcceptedSocket socket);

    /// <summary>
    /// All bytes that arrived and were not consumed, from the first on, each time there are more, and never more than
    /// <see cref="MaxReadBytes"/>. StopIteration waits for more; with <see cref="MaxReadBytes"/> seen that waits for ever, so decide then.
    /// </summary>
    public virtual ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes) => ListenerFilterStatus.Continue;

    /// <summary>The socket was closed while this filter had it waiting (timeout, end of the peer): count it. The socket is gone.</summary>
    public virtual void OnClosed(AcceptedSocket socket)
    {
    }
}
