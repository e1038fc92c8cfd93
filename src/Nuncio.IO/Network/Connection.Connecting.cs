using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <content>Client connections: from the address to the Connected event, or to a failure that is always told later, never here.</content>
public sealed partial class Connection
{
    private string? _failureReason;
    private ConnectionEvent? _immediateFailure;

    /// <summary>
    /// Starts connecting. The answer comes as Connected, or as a close event with <see cref="TransportFailureReason"/>, from the loop:
    /// the caller has time to add filters and callbacks.
    /// </summary>
    public static Connection Connect(Dispatcher dispatcher, NetworkAddress address, ITransportSocket transport, ConnectOptions options)
    {
        dispatcher.AssertOwner();
        int fd = dispatcher.Sockets.Socket(address.Kind);
        Connection connection = new(dispatcher, fd, transport, null, address, ConnectionState.Connecting)
        {
            Stats = options.Stats,
        };
        connection.SetBufferLimit(options.BufferLimit);
        if (fd < 0)
        {
            connection.FailSoon(ConnectionEvent.LocalClose, "socket creation failure: " + Errno.Text(fd));
        }
        else if (connection.PrepareSocket(options))
        {
            connection.StartConnect();
        }

        return connection;
    }

    private bool PrepareSocket(ConnectOptions options)
    {
        SocketApi sockets = Dispatcher.Sockets;
        if (!DirectRemoteAddress.IsIp)
        {
            return true;
        }

        if (options.NoDelay)
        {
            NoDelay(true);
        }

        if (options.KeepAlive is { } keepAlive)
        {
            SocketSetup.ApplyKeepAlive(sockets, _fd, keepAlive);
        }

        if (SocketSetup.Apply(sockets, _fd, options.SocketOptions, SocketState.Prebind) < 0)
        {
            FailSoon(ConnectionEvent.LocalClose, "socket option failure");
            return false;
        }

        if (options.SourceAddress is { } source)
        {
            int bound = sockets.Bind(_fd, source);
            if (bound < 0)
            {
                Stats?.BindErrors?.Inc();
                FailSoon(ConnectionEvent.LocalClose, $"failed to bind to {source}: {Errno.Text(bound)}");
                return false;
            }
        }

        return true;
    }

    private void StartConnect()
    {
        int started = Dispatcher.Sockets.Connect(_fd, DirectRemoteAddress);
        if (started < 0 && started != -Errno.InProgress)
        {
            FailSoon(
                ConnectionEvent.RemoteClose, $"immediate connect error: {Errno.Text(started)}|remote address:{DirectRemoteAddress}");
            return;
        }

        // Connected at once (Unix domain sockets) or not: the first writable event tells.
        _isInitialized = true;
        _registration = Dispatcher.Register(_fd, this);
        if (!_registration.IsSome)
        {
            FailSoon(ConnectionEvent.LocalClose, "descriptor cannot be watched");
        }
    }

    private void FailSoon(ConnectionEvent failure, string reason)
    {
        _failureReason = reason;
        _immediateFailure = failure;
        Dispatcher.RunSoon(this);
    }

    private void FinishConnect(IoEvents events)
    {
        // A failed connect always reports an error or a hang-up with it; without either there is no need to ask.
        int error = (events & (IoEvents.Error | IoEvents.PeerClosed)) == 0 ? 0 : Dispatcher.Sockets.TakeError(_fd);
        if (error != 0)
        {
            _failureReason = "delayed connect error: " + Errno.Text(error);
            CloseSocket(ConnectionEvent.RemoteClose);
            return;
        }

        State = ConnectionState.Open;
        _transport.OnConnected();
    }
}
