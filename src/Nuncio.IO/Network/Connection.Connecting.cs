using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <content>Client connections: from the address to the Connected event, or to a failure that is always told later, never here.</content>
public sealed partial class Connection
{
    private string? _failureReason;
    private ConnectionEvent? _immediateFailure;

    /// <summary>The attempts, while connecting to a host that has several addresses.</summary>
    private ConnectRace? _race;

    /// <summary>
    /// Starts connecting. The answer comes as Connected, or as a close event with <see cref="TransportFailureReason"/>, from the loop:
    /// the caller has time to add filters and callbacks.
    /// </summary>
    public static Connection Connect(Dispatcher dispatcher, NetworkAddress address, ITransportSocket transport, ConnectOptions options)
    {
        dispatcher.AssertOwner();
        int fd = ClientSocket.Start(dispatcher.Sockets, address, options, out ConnectFailure failure);
        Connection connection = MakeClient(dispatcher, fd, address, transport, options);
        connection.WatchConnect(failure);
        return connection;
    }

    /// <summary>
    /// The same to whichever of several addresses of one host connects first, tried in this order; <see cref="RemoteAddress"/> is that
    /// one from the Connected event on.
    /// </summary>
    public static Connection Connect(
        Dispatcher dispatcher, IReadOnlyList<NetworkAddress> addresses, ITransportSocket transport, ConnectOptions options,
        IConnectObserver? observer)
    {
        dispatcher.AssertOwner();
        Connection connection = MakeClient(dispatcher, -1, addresses[0], transport, options);
        connection._isInitialized = true;
        ConnectRace race = new(connection, addresses, options, observer);
        if (race.TryNext(out ConnectFailure failure))
        {
            connection._race = race;
        }
        else
        {
            connection.FailSoon(failure);
        }

        return connection;
    }

    /// <summary>
    /// A client connection over a descriptor that is connected already, such as one end of a socket pair; a negative one is told as a
    /// refused connect. Events come as with <see cref="Connect(Dispatcher, NetworkAddress, ITransportSocket, ConnectOptions)"/>.
    /// </summary>
    public static Connection ConnectOver(
        Dispatcher dispatcher, int fd, NetworkAddress address, ITransportSocket transport, ConnectOptions options)
    {
        dispatcher.AssertOwner();
        Connection connection = MakeClient(dispatcher, fd, address, transport, options);
        connection.WatchConnect(ConnectFailure.Immediate(Errno.ConnectionRefused, address));
        return connection;
    }

    /// <summary>The error of a socket whose connect has ended; 0 when it is connected.</summary>
    internal static int ErrorOf(SocketApi sockets, int fd, IoEvents events) =>

        // A failed connect always reports an error or a hang-up with it; without either there is no need to ask.
        (events & (IoEvents.Error | IoEvents.PeerClosed)) == 0 ? 0 : sockets.TakeError(fd);

    /// <summary>An attempt has connected: its descriptor is this connection's from here on.</summary>
    internal void OnRaceWon(int fd, IoRegistration registration, NetworkAddress address, IoEvents events)
    {
        _race = null;
        _fd = fd;
        _registration = registration;
        DirectRemoteAddress = address;
        RemoteAddress = address;
        Dispatcher.HandOver(registration, this);
        ((IIoHandler)this).OnIoEvents(events);
    }

    /// <summary>No attempt has connected. From the loop.</summary>
    internal void OnRaceLost(ConnectFailure failure)
    {
        _race = null;
        _failureReason = failure.Reason;
        CloseSocket(failure.Event);
    }

    private static Connection MakeClient(
        Dispatcher dispatcher, int fd, NetworkAddress address, ITransportSocket transport, ConnectOptions options)
    {
        Connection connection = new(dispatcher, fd, transport, null, address, ConnectionState.Connecting) { Stats = options.Stats };
        connection.SetBufferLimit(options.BufferLimit);
        return connection;
    }

    private void WatchConnect(ConnectFailure failure)
    {
        if (_fd < 0)
        {
            FailSoon(failure);
            return;
        }

        // Connected at once (Unix domain sockets) or not: the first writable event tells.
        _isInitialized = true;
        _registration = Dispatcher.Register(_fd, this);
        if (!_registration.IsSome)
        {
            FailSoon(new ConnectFailure(ConnectionEvent.RemoteClose, "descriptor cannot be watched"));
        }
    }

    private void FailSoon(ConnectFailure failure)
    {
        _failureReason = failure.Reason;
        _immediateFailure = failure.Event;
        Dispatcher.RunSoon(this);
    }

    private void FinishConnect(IoEvents events)
    {
        int error = ErrorOf(Dispatcher.Sockets, _fd, events);
        if (error != 0)
        {
            _failureReason = ConnectFailure.Delayed(error).Reason;
            CloseSocket(ConnectionEvent.RemoteClose);
            return;
        }

        State = ConnectionState.Open;
        _transport.OnConnected();
    }
}
