using Nuncio.Base.Stats;
using Nuncio.Core.Udp;
using Nuncio.IO.Udp;

namespace Nuncio.Core.Listeners;

/// <summary>One version of a UDP listener on one worker: its sockets and the filter that takes their datagrams.</summary>
/// <remarks>
/// Owner: the worker. Made when the <see cref="ListenerManager"/> publishes the version. There is nothing to drain: it ends with all of its
/// filter's sessions when it is replaced, removed or stopped, as in Envoy.
/// </remarks>
internal sealed class ActiveUdpListener : IUdpSocketCallbacks
{
    private readonly List<UdpSocket> _sockets = [];
    private readonly UdpFilter _filter;
    private readonly Counter _dropped;
    private bool _isClosed;

    internal ActiveUdpListener(ConnectionHandler handler, PublishedListener published)
    {
        ListenerConfig config = published.Config;
        UdpListenerConfig udp = config.Udp!;
        StatScope scope = handler.Worker.Stats.SubScope("listener." + config.StatName);
        _ = new ListenerStats(scope, handler.Worker.Dispatcher.Index);
        _dropped = scope.Counter("udp.downstream_rx_datagram_dropped");
        _filter = udp.Filter.CreateForWorker(handler.Worker, new UdpListenerContext(config.Name, scope));
        var batch = new DatagramBatch(udp.MaxDatagramSize);
        foreach (BoundAddress bound in published.Sockets)
        {
            foreach (int fd in bound.For(handler.Index))
            {
                _sockets.Add(new UdpSocket(handler.Worker.Dispatcher, fd, bound.Address, batch, this, ownsDescriptor: false));
            }
        }
    }

    /// <inheritdoc/>
    public void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local) =>
        _filter.OnDatagram(socket, datagram, peer, local);

    /// <inheritdoc/>
    public void OnDatagramsDropped(uint count) => _dropped.Add(count);

    /// <inheritdoc/>
    public void OnReceiveError(int error) => _filter.OnReceiveError(error);

    /// <inheritdoc/>
    public void OnReceiveTurnEnded()
    {
    }

    /// <summary>Ends it; its descriptors stay with their owner.</summary>
    internal void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _filter.Close();
        foreach (UdpSocket socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }
}
