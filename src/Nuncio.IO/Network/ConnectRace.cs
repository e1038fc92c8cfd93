using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Network;

/// <summary>
/// Attempts to connect to the addresses of one host, each begun 300 ms after the one before or at once when that fails; the first that
/// connects is the connection's (RFC 8305, section 5; Envoy: happy eyeballs).
/// </summary>
/// <remarks>
/// Owner: its connection, while that is connecting. Ends with <see cref="Connection.OnRaceWon"/>, <see cref="Connection.OnRaceLost"/> or
/// <see cref="Cancel"/>, after which it owns no descriptor. Envoy runs whole connections, handshakes included; only sockets run here.
/// </remarks>
internal sealed class ConnectRace : ITimerHandler
{
    /// <summary>RFC 8305 recommends 250 ms; this is Envoy's number.</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(300);

    private readonly Connection _connection;
    private readonly IReadOnlyList<NetworkAddress> _addresses;
    private readonly ConnectOptions _options;
    private readonly IConnectObserver? _observer;
    private readonly List<Attempt> _running = [];
    private readonly Timer _timer;
    private ConnectFailure _lastFailure;
    private int _next;

    internal ConnectRace(
        Connection connection, IReadOnlyList<NetworkAddress> addresses, ConnectOptions options, IConnectObserver? observer)
    {
        _connection = connection;
        _addresses = addresses;
        _options = options;
        _observer = observer;
        _timer = new Timer(connection.Dispatcher.Timers, this);
    }

    /// <summary>Tries the next address that can be tried. False when none is left and none is running.</summary>
    internal bool TryNext(out ConnectFailure failure)
    {
        bool isRunning = false;
        while (!isRunning && _next < _addresses.Count)
        {
            if (_next > 0)
            {
                _observer?.OnAnotherAttempt();
            }

            isRunning = TryStart(_addresses[_next++]);
        }

        if (isRunning && _next < _addresses.Count)
        {
            _timer.Arm(AttemptDelay);
        }

        failure = _lastFailure;
        return _running.Count > 0;
    }

    /// <summary>Ends all attempts.</summary>
    internal void Cancel()
    {
        _timer.Disarm();
        foreach (Attempt attempt in _running)
        {
            Drop(attempt);
        }

        _running.Clear();
    }

    void ITimerHandler.OnTimer(Timer timer)
    {
        if (!TryNext(out ConnectFailure failure))
        {
            _connection.OnRaceLost(failure);
        }
    }

    void ITimerHandler.OnUnhandledException(Exception exception) => OnUnhandledException();

    private bool TryStart(NetworkAddress address)
    {
        int fd = ClientSocket.Start(_connection.Dispatcher.Sockets, address, _options, out ConnectFailure failure);
        if (fd < 0)
        {
            _lastFailure = failure;
            return false;
        }

        Attempt attempt = new(this, address, fd);
        attempt.Registration = _connection.Dispatcher.Register(fd, attempt);
        if (!attempt.Registration.IsSome)
        {
            _lastFailure = new ConnectFailure(ConnectionEvent.LocalClose, "descriptor cannot be watched");
            _connection.Dispatcher.Sockets.Close(fd);
            return false;
        }

        _running.Add(attempt);
        return true;
    }

    private void OnAttemptEvents(Attempt attempt, IoEvents events)
    {
        if ((events & (IoEvents.Writable | IoEvents.Error | IoEvents.PeerClosed)) == 0)
        {
            return;
        }

        _running.Remove(attempt);
        int error = Connection.ErrorOf(_connection.Dispatcher.Sockets, attempt.Fd, events);
        if (error == 0)
        {
            Cancel();
            _connection.OnRaceWon(attempt.Fd, attempt.Registration, attempt.Address, events);
            return;
        }

        _lastFailure = ConnectFailure.Delayed(error);
        Drop(attempt);
        _timer.Disarm();
        if (!TryNext(out ConnectFailure failure))
        {
            _connection.OnRaceLost(failure);
        }
    }

    private void Drop(Attempt attempt)
    {
        _connection.Dispatcher.Unregister(attempt.Registration);
        _connection.Dispatcher.Sockets.Close(attempt.Fd);
    }

    private void OnUnhandledException() => _connection.Close(ConnectionCloseType.NoFlush, "internal_error");

    /// <summary>One socket of the race. Owner: the race.</summary>
    private sealed class Attempt(ConnectRace race, NetworkAddress address, int fd) : IIoHandler
    {
        internal NetworkAddress Address { get; } = address;

        internal int Fd { get; } = fd;

        internal IoRegistration Registration { get; set; }

        void IIoHandler.OnIoEvents(IoEvents events) => race.OnAttemptEvents(this, events);

        void IIoHandler.OnUnhandledException(Exception exception) => race.OnUnhandledException();
    }
}
