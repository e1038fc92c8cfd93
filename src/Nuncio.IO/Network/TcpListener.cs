using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Network;

/// <summary>A listening socket on one dispatcher, and its accept loop.</summary>
/// <remarks>
/// Owner: the dispatcher's thread. Accepts until nothing waits, at most <see cref="MaxAcceptsPerTurn"/> at a time so that a flood of
/// connections does not starve those there are. Without descriptors it stops and tries again every 100 ms; meanwhile connections
/// wait in the kernel's queue.
/// </remarks>
public sealed class TcpListener : IIoHandler, IRunSoon, ITimerHandler, IDisposable
{
    private const int DefaultMaxAcceptsPerTurn = 64;
    private const int MaxAcceptsAtTheEnd = 4096; // net.core.somaxconn: all that can wait.
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(100);

    private readonly Dispatcher _dispatcher;
    private readonly IListenerCallbacks _callbacks;
    private readonly Timer _retry;
    private readonly bool _ownsDescriptor;
    private IoRegistration _registration;
    private int _fd;
    private bool _isReadable;
    private bool _isEnabled = true;

    /// <summary>Takes over a listening descriptor and starts accepting with the next poll.</summary>
    /// <param name="ownsDescriptor">Whether <see cref="Dispose"/> closes the descriptor; else its owner does, later.</param>
    /// <param name="maxAcceptsPerEvent">Envoy: <c>max_connections_to_accept_per_socket_event</c>; 0 takes our default.</param>
    public TcpListener(Dispatcher dispatcher, int fd, NetworkAddress address, IListenerCallbacks callbacks, int maxAcceptsPerEvent = 0, bool ownsDescriptor = true)
    {
        _ownsDescriptor = ownsDescriptor;
        dispatcher.AssertOwner();
        _dispatcher = dispatcher;
        _callbacks = callbacks;
        _fd = fd;
        MaxAcceptsPerTurn = maxAcceptsPerEvent > 0 ? maxAcceptsPerEvent : DefaultMaxAcceptsPerTurn;
        _retry = new Timer(dispatcher.Timers, this);
        Address = address.Port == 0 && address.IsIp ? dispatcher.Sockets.GetLocalAddress(fd) ?? address : address;
        _registration = dispatcher.Register(fd, this);
        if (!_registration.IsSome)
        {
            throw new InvalidOperationException($"listening socket of '{address}' cannot be watched");
        }
    }

    /// <summary>The address listened on, with the port the system chose where 0 was asked for.</summary>
    public NetworkAddress Address { get; }

    /// <summary>The local address of accepted connections where it is certain; null for wildcard listeners.</summary>
    public NetworkAddress? AcceptedLocalAddress => Address.IsAnyIp ? null : Address;

    /// <summary>Connections accepted before the other sockets have their turn.</summary>
    public int MaxAcceptsPerTurn { get; }

    /// <summary>The listening descriptor; -1 once closed.</summary>
    public int FileDescriptor => _fd;

    /// <inheritdoc/>
    public bool IsQueuedSoon { get; set; }

    /// <summary>Whether it accepts; while not, connections wait in the kernel's queue.</summary>
    public bool IsEnabled
    {
        get => _isEnabled;
        set
        {
            _isEnabled = value;
            if (value && _isReadable && _fd >= 0)
            {
                _dispatcher.RunSoon(this);
            }
        }
    }

    /// <summary>
    /// Accepts what waits in the kernel's queue now (within reason), because closing the socket would reset it.
    /// </summary>
    public void AcceptWaiting()
    {
        _isReadable = _fd >= 0;
        int accepted = 1;
        for (int left = MaxAcceptsAtTheEnd; left > 0 && accepted > 0 && _isReadable && _isEnabled; left -= accepted)
        {
            accepted = AcceptTurn();
        }
    }

    /// <summary>Stops accepting and closes the socket if it owns it; connections still in the kernel's queue are then reset.</summary>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _retry.Disarm();
            // Another descriptor of the same socket may stay open, so closing this one need not take it out of the poller.
            _dispatcher.UnregisterOpen(_registration, _fd);
            if (_ownsDescriptor)
            {
                _dispatcher.Sockets.Close(_fd);
            }

            _fd = -1;
        }
    }

    void IIoHandler.OnIoEvents(IoEvents events)
    {
        _isReadable = true;
        AcceptTurn();
    }

    // A connection's set-up failed and took its own connection down; the ones behind it still wait.
    void IIoHandler.OnUnhandledException(Exception exception) => _dispatcher.RunSoon(this);

    void IRunSoon.RunSoon() => AcceptTurn();

    void ITimerHandler.OnTimer(Timer timer) => AcceptTurn();

    private static bool IsShortage(int error) =>
        error is -Errno.TooManyFiles or -Errno.TooManyFilesSystem or -Errno.NoMemory or -Errno.NoBuffers;

    private int AcceptTurn()
    {
        int accepted = AcceptSome();
        if (accepted > 0)
        {
            _callbacks.OnAcceptTurnEnded(accepted);
        }

        return accepted;
    }

    private int AcceptSome()
    {
        int count = 0;
        for (int i = 0; i < MaxAcceptsPerTurn; i++)
        {
            if (!_isEnabled || _fd < 0 || !_isReadable)
            {
                return count;
            }

            int accepted = _dispatcher.Sockets.Accept(_fd, out NetworkAddress? remote);
            if (accepted >= 0)
            {
                count++;
                _callbacks.OnAccepted(accepted, remote ?? NetworkAddress.UnnamedPipe);
            }
            else if (accepted == -Errno.Again)
            {
                _isReadable = false;
                return count;
            }
            else if (IsShortage(accepted))
            {
                _retry.Arm(s_retryInterval);
                _callbacks.OnAcceptFailed(-accepted);
                return count;
            }

            // Anything else is an error of the one connection that was to be accepted (accept(2)): on with the next.
        }

        _dispatcher.RunSoon(this);
        return count;
    }
}
