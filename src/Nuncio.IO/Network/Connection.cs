using System.Diagnostics;
using Nuncio.Base.Buffers;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Network;

/// <summary>
/// One stream connection: descriptor, transport socket, read and write buffer with watermarks, network filter chain, and the ways
/// to close it (Envoy: <c>Network::Connection</c>).
/// </summary>
/// <remarks>
/// Owner: one dispatcher's thread for life. Made for an accepted descriptor or by <see cref="Connect"/>; ends with one close event,
/// after which its descriptor is gone and its memory is returned in the closing phase of that iteration. States:
/// <code>
///   (accepted) ---------> Open --Close, bytes left or waiting for the peer--> Closing --sent / peer ended / timeout--> Closed
///   Connecting --done---> Open --Close with nothing left, peer's end, failure-------------------------------------> Closed
///   Connecting --failed, Close-----------------------------------------------------------------------------------> Closed
/// </code>
/// Invariant: it is written to the socket only from <see cref="Flush"/>, once per event, so that everything an event produced leaves
/// in one system call; an idle connection holds no block.
/// </remarks>
public sealed partial class Connection : IIoHandler, IFlushable, IRunSoon, ITimerHandler, IReleasable
{
    private static ulong s_lastId;

    private readonly ITransportSocket _transport;
    private readonly Buffer _readBuffer;
    private readonly Buffer _writeBuffer;
    private NetworkAddress? _localAddress;
    private IoRegistration _registration;
    private int _fd;
    private bool _isInitialized;

    /// <summary>A connection over an accepted descriptor. Add filters and callbacks, then call <see cref="Initialize"/>.</summary>
    /// <param name="local">The address it was accepted at, or null to ask the system when somebody asks.</param>
    public Connection(Dispatcher dispatcher, int fd, ITransportSocket transport, NetworkAddress? local, NetworkAddress remote)
        : this(dispatcher, fd, transport, local, remote, ConnectionState.Open)
    {
    }

    private Connection(
        Dispatcher dispatcher, int fd, ITransportSocket transport, NetworkAddress? local, NetworkAddress remote, ConnectionState state)
    {
        Dispatcher = dispatcher;
        _fd = fd;
        _transport = transport;
        _localAddress = local;
        RemoteAddress = remote;
        DirectRemoteAddress = remote;
        State = state;
        Id = Interlocked.Increment(ref s_lastId);
        _readBuffer = new Buffer(dispatcher.Blocks);
        _writeBuffer = new Buffer(dispatcher.Blocks);
        transport.Initialize(this);
    }

    /// <summary>Unique in the process.</summary>
    public ulong Id { get; }

    /// <summary>The loop that owns it.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>Where it is in its life.</summary>
    public ConnectionState State { get; private set; }

    /// <summary>The descriptor; -1 once closed. For transport sockets and listener filters.</summary>
    public int FileDescriptor => _fd;

    /// <summary>What lies between the buffers and the descriptor.</summary>
    public ITransportSocket Transport => _transport;

    /// <summary>This end, or what a listener filter restored as such; asked of the system when first needed.</summary>
    public NetworkAddress? LocalAddress
    {
        get => _localAddress ??= _fd >= 0 ? Dispatcher.Sockets.GetLocalAddress(_fd) : null;
        set => _localAddress = value;
    }

    /// <summary>The other end, or what a listener filter learnt it to be.</summary>
    public NetworkAddress RemoteAddress { get; set; }

    /// <summary>The other end as the system knows it.</summary>
    public NetworkAddress DirectRemoteAddress { get; private set; }

    /// <summary>Where bytes are counted.</summary>
    public ConnectionStats? Stats { get; set; }

    /// <summary>Payload bytes received so far.</summary>
    public ulong BytesReceived { get; private set; }

    /// <summary>Payload bytes sent so far.</summary>
    public ulong BytesSent { get; private set; }

    /// <summary>Whether the peer's end is an end of one direction (true) or of the connection (false, the default).</summary>
    public bool HalfCloseEnabled { get; set; }

    /// <summary>
    /// Whether the peer's end closes the connection even while reading is disabled, with what is unread. Off, it is noticed after
    /// reading has gone on. Has no meaning with <see cref="HalfCloseEnabled"/>.
    /// </summary>
    public bool DetectEarlyClose { get; set; } = true;

    /// <inheritdoc/>
    public bool IsQueuedSoon { get; set; }

    /// <summary>Why the transport or the connect failed: "delayed connect error: Connection refused"; null while nothing did.</summary>
    public string? TransportFailureReason => _failureReason ?? _transport.FailureReason;

    /// <summary>
    /// Starts an accepted connection: the filters' <see cref="IReadFilter.OnNewConnection"/>, the Connected event, then reading.
    /// A connection with neither filter nor callback is closed, since nobody would ever close it.
    /// </summary>
    public void Initialize() => Initialize(null, default, mayHaveMore: false);

    /// <summary>The same for a descriptor that was watched and read already, by listener filters.</summary>
    /// <param name="preread">What was read; taken over. Null when nothing was.</param>
    /// <param name="registration">The descriptor's registration, which becomes the connection's.</param>
    /// <param name="mayHaveMore">Whether no read has come short since the poller spoke last.</param>
    public void Initialize(Buffer? preread, IoRegistration registration, bool mayHaveMore)
    {
        Dispatcher.AssertOwner();
        Debug.Assert(!_isInitialized && State == ConnectionState.Open);
        _isInitialized = true;
        if (registration.IsSome)
        {
            _registration = registration;
            Dispatcher.HandOver(registration, this);
        }

        if (preread is { IsEmpty: false })
        {
            TakePreread(preread);
        }

        if (_readFilters.Length == 0 && _callbacks.Length == 0)
        {
            Close(ConnectionCloseType.NoFlush, "no_filters");
            return;
        }

        StartFilters();
        if (State == ConnectionState.Open)
        {
            _transport.OnConnected();
        }

        if (State == ConnectionState.Closed)
        {
            return;
        }

        if (!registration.IsSome)
        {
            Watch();
        }

        _isReadable |= mayHaveMore;
        if ((_isReadable || _mustRedeliver) && State != ConnectionState.Closed)
        {
            Dispatcher.RunSoon(this);
        }
    }

    /// <summary>Turns Nagle's algorithm off (true) or on. Nothing for Unix domain sockets.</summary>
    public void NoDelay(bool enable)
    {
        if (_fd >= 0 && DirectRemoteAddress.IsIp)
        {
            Dispatcher.Sockets.SetOption(_fd, SocketOptions.LevelTcp, SocketOptions.TcpNoDelay, enable ? 1 : 0);
        }
    }

    /// <summary>Sets the limit of both buffers: above it the source is stopped, at half it goes on. 0 is no limit.</summary>
    public void SetBufferLimit(int bytes)
    {
        _readWatermark.Limit = bytes;
        _writeWatermark.Limit = bytes;
    }

    /// <summary>For transport sockets: the handshake is done (at once for plain ones).</summary>
    public void RaiseConnected()
    {
        RaiseEvent(ConnectionEvent.Connected);
        QueueFlush();
    }

    void IIoHandler.OnIoEvents(IoEvents events)
    {
        if (State == ConnectionState.Connecting)
        {
            if ((events & (IoEvents.Writable | IoEvents.Error | IoEvents.PeerClosed)) == 0)
            {
                return;
            }

            FinishConnect(events);
        }

        if ((events & IoEvents.Writable) != 0 && _isWriteBlocked)
        {
            _isWriteBlocked = false;
            QueueFlush();
        }

        if ((events & (IoEvents.Readable | IoEvents.PeerClosed)) != 0)
        {
            _isReadable = true;
            _peerHasClosed |= (events & IoEvents.PeerClosed) != 0;
            OnReadable((events & IoEvents.Error) != 0);
        }
    }

    void IRunSoon.RunSoon()
    {
        if (_immediateFailure is { } failure)
        {
            CloseSocket(failure);
        }
        else if (State == ConnectionState.Closing)
        {
            DrainWhileClosing();
        }
        else
        {
            ResumeReading();
        }
    }

    void IIoHandler.OnUnhandledException(Exception exception) => CloseAfterException();

    void IFlushable.OnUnhandledException(Exception exception) => CloseAfterException();

    void ITimerHandler.OnUnhandledException(Exception exception) => CloseAfterException();

    void IReleasable.Release()
    {
        // Only now: a filter further up the stack may still have been looking at these bytes.
        _readBuffer.Clear();
        _writeBuffer.Clear();
        _filteredOutput?.Clear();
    }

    private void CloseAfterException() => Close(ConnectionCloseType.NoFlush, "internal_error");

    private void Watch()
    {
        _registration = Dispatcher.Register(_fd, this);
        if (!_registration.IsSome)
        {
            Close(ConnectionCloseType.Abort, "descriptor_cannot_be_watched");
        }
    }
}
