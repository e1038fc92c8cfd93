using Nuncio.Core.Failures;
using Nuncio.IO.Network;

namespace Nuncio.Core.Listeners;

/// <summary>A connection in its listener's list. Owner: the worker; ends with the connection.</summary>
internal sealed class ActiveConnection : IConnectionCallbacks
{
    private readonly ActiveListener _listener;

    internal ActiveConnection(ActiveListener listener, Connection connection)
    {
        _listener = listener;
        Connection = connection;
        Node = new LinkedListNode<ActiveConnection>(this);
        StartNanos = connection.Dispatcher.NowNanos;
    }

    internal Connection Connection { get; }

    internal LinkedListNode<ActiveConnection> Node { get; }

    internal long StartNanos { get; }

    internal ResponseFlags Flags { get; set; }

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
