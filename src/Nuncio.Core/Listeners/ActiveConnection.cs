using Nuncio.Core.Streams;
using Nuncio.IO.Network;

namespace Nuncio.Core.Listeners;

/// <summary>A connection in the list of its filter chain. Owner: the worker; ends with the connection.</summary>
internal sealed class ActiveConnection : IConnectionCallbacks
{
    private readonly ActiveListener _listener;

    internal ActiveConnection(ActiveListener listener, ActiveFilterChain chain, Connection connection, ConnectionInfo info)
    {
        _listener = listener;
        Chain = chain;
        Connection = connection;
        Info = info;
        Node = new LinkedListNode<ActiveConnection>(this);
        StartNanos = connection.Dispatcher.NowNanos;
    }

    internal ActiveFilterChain Chain { get; }

    internal Connection Connection { get; }

    internal ConnectionInfo Info { get; }

    internal LinkedListNode<ActiveConnection> Node { get; }

    internal long StartNanos { get; }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent != ConnectionEvent.Connected)
        {
            _listener.OnClosed(this);
        }
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark()
    {
    }

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark()
    {
    }
}
