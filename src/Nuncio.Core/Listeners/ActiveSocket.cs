using Nuncio.Base.Buffers;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Listeners;

/// <summary>
/// An accepted socket on its way through the listener filters, and perhaps on to another listener.
/// </summary>
/// <remarks>
/// <para>Owner: the worker. Ends by becoming a connection, which takes over the descriptor, its registration and the bytes read, or closed.</para>
/// <code>
///   Running --a filter stops--> Waiting --bytes, ContinueFilters--> Running --no filter left--> Ended (connection)
///   Running, Waiting --Close, timeout, the peer's end-------------------------------------------> Ended (closed)
/// </code>
/// <para>
/// Bytes are read, not peeked at, which spares the second copy; filters see them from the first that none has consumed, and the connection
/// gets what is left.
/// </para>
/// </remarks>
internal sealed class ActiveSocket : AcceptedSocket, IIoHandler, ITimerHandler, IReleasable
{
    private readonly Dispatcher _dispatcher;
    private ActiveListener _listener;
    private ListenerFilter? _filter;
    private Buffer? _bytes;
    private Timer? _timeout;
    private IoRegistration _registration;
    private int _fd;
    private int _at;
    private bool _isRunning;
    private bool _mustContinue;
    private bool _isReadable;
    private bool _hasTriedToRead;
    private bool _peerHasClosed;
    private bool _readFailed;
    private bool _hasEnded;
    private bool _wasHandedOver;

    internal ActiveSocket(ActiveListener listener, int fd, ConnectionInfo info)
    {
        _listener = listener;
        _dispatcher = listener.Worker.Dispatcher;
        _fd = fd;
        Info = info;
        Node = new LinkedListNode<ActiveSocket>(this);
        StartNanos = _dispatcher.NowNanos;
    }

    /// <inheritdoc/>
    public override ConnectionInfo Info { get; }

    /// <inheritdoc/>
    public override Dispatcher Dispatcher => _dispatcher;

    /// <inheritdoc/>
    public override int FileDescriptor => _fd;

    /// <summary>Its place in the listener's list.</summary>
    internal LinkedListNode<ActiveSocket> Node { get; }

    internal long StartNanos { get; }

    /// <inheritdoc/>
    public override void Consume(int count) => _bytes!.Drain(count);

    /// <inheritdoc/>
    public override void ContinueFilters()
    {
        if (_hasEnded)
        {
            return;
        }

        if (_isRunning)
        {
            _mustContinue = true; // From inside the filter that is about to say stop.
            return;
        }

        _at++;
        Run();
    }

    /// <inheritdoc/>
    public override void Close(string reason)
    {
        if (_hasEnded)
        {
            return;
        }

        End();
        _listener.OnSocketClosed(this, reason);
        _dispatcher.Unregister(_registration);
        _dispatcher.Sockets.Close(_fd);
        _fd = -1;
        _dispatcher.DeferRelease(this);
    }

    /// <summary>Begins with the filters of its listener; called again by a listener that it was handed to.</summary>
    internal void Start(ActiveListener listener)
    {
        _listener = listener;
        _at = 0;
        Run();
    }

    /// <summary>The peer's or the process's end: the filter that waits is told.</summary>
    internal void Abort(string reason)
    {
        ListenerFilter? waiting = _filter;
        Close(reason);
        waiting?.OnClosed(this);
    }

    void IIoHandler.OnIoEvents(IoEvents events)
    {
        _isReadable = true;
        _peerHasClosed |= (events & IoEvents.PeerClosed) != 0;
        Read();
        Run(hasNewBytes: true);
    }

    void IIoHandler.OnUnhandledException(Exception exception) => Close("internal_error");

    void ITimerHandler.OnTimer(Timer timer)
    {
        _listener.Stats.PreCxTimeout.Inc();
        if (_listener.Config.ContinueOnListenerFiltersTimeout)
        {
            _at = _listener.FilterCount;
            Run();
        }
        else
        {
            Abort("listener_filter_timeout");
        }
    }

    void ITimerHandler.OnUnhandledException(Exception exception) => Close("internal_error");

    void IReleasable.Release() => _bytes?.Clear();

    private void Run(bool hasNewBytes = false)
    {
        try
        {
            RunFilters(hasNewBytes);
        }
        catch (Exception exception)
        {
            // Whoever called (a timer or another socket's event, when a filter continues by itself) has nothing to do with it.
            _dispatcher.ReportContained(exception, "listener filter");
            Close("internal_error");
        }
    }

    private void RunFilters(bool hasNewBytes)
    {
        _isRunning = true;
        bool started = hasNewBytes;
        while (_at < _listener.FilterCount)
        {
            if (!started)
            {
                _filter = _listener.MakeFilter(_at, this);
            }

            ListenerFilter? filter = _filter;
            ListenerFilterStatus status = filter is null ? ListenerFilterStatus.Continue : Ask(filter, started);
            if (_hasEnded)
            {
                return;
            }

            if (status == ListenerFilterStatus.StopIteration && !_mustContinue)
            {
                _isRunning = false;
                if (!HasMoreFor(filter!))
                {
                    return;
                }

                _isRunning = true;
                started = true;
                continue;
            }

            _mustContinue = false;
            started = false;
            _at++;
        }

        _isRunning = false;
        Finish();
    }

    private ListenerFilterStatus Ask(ListenerFilter filter, bool started)
    {
        ListenerFilterStatus status = started ? ListenerFilterStatus.StopIteration : filter.OnAccept(this);
        if (status == ListenerFilterStatus.StopIteration && !_hasEnded && !_mustContinue && filter.MaxReadBytes > 0 && _bytes is { IsEmpty: false })
        {
            int shown;
            do
            {
                shown = Math.Min(Math.Min(_bytes.Length, filter.MaxReadBytes), BlockPool.BlockSize);
                status = filter.OnData(this, _bytes.Linearize(shown));
            }
            while (status == ListenerFilterStatus.StopIteration && !_hasEnded && !_mustContinue && WantsMoreOfWhatIsThere(filter, shown));
        }

        return status;
    }

    private bool WantsMoreOfWhatIsThere(ListenerFilter filter, int shown) => _bytes!.Length > shown && filter.MaxReadBytes > shown;

    /// <summary>A filter has stopped: waits for the poller (false), unless there is more to show it at once.</summary>
    private bool HasMoreFor(ListenerFilter filter)
    {
        if (!_hasTriedToRead && filter.MaxReadBytes > 0)
        {
            // Most clients have sent something by now: no need to ask the poller, nor for a timer.
            _hasTriedToRead = _isReadable = true;
            Read();
            if (_bytes is { IsEmpty: false } || _peerHasClosed)
            {
                return true;
            }
        }

        if (_timeout is null && _listener.Config.ListenerFiltersTimeout > TimeSpan.Zero)
        {
            _timeout = new Timer(_dispatcher.Timers, this);
            _timeout.Arm(_listener.Config.ListenerFiltersTimeout);
        }

        // Watched even by a filter that reads nothing, so that a peer that goes away is noticed.
        if (!_registration.IsSome)
        {
            _registration = _dispatcher.Register(_fd, this);
            if (!_registration.IsSome)
            {
                Abort("descriptor_cannot_be_watched");
            }
        }
        else if (_isReadable && _bytes is null or { Length: < BlockPool.BlockSize })
        {
            // An earlier filter consumed bytes and made room.
            Read();
            return true;
        }
        else if (_peerHasClosed)
        {
            (_readFailed ? _listener.Stats.FilterError : _listener.Stats.FilterRemoteClose).Inc();
            Abort("listener_filter_read_end");
        }

        return false;
    }

    /// <summary>Reads what there is, at most a block altogether.</summary>
    private void Read()
    {
        _bytes ??= new Buffer(_dispatcher.Blocks);
        while (_isReadable && _bytes.Length < BlockPool.BlockSize)
        {
            Span<byte> room = _bytes.Reserve(1);
            room = room[..Math.Min(room.Length, BlockPool.BlockSize - _bytes.Length)];
            int count = _dispatcher.Sockets.Receive(_fd, room);
            _bytes.Commit(Math.Max(count, 0));
            _readFailed |= count < 0 && count != -Errno.Again;
            _peerHasClosed |= count == 0 || _readFailed;
            _isReadable = count == room.Length;
        }
    }

    private void Finish()
    {
        // Envoy: once only, so that no client leads its socket round and round with one PROXY header after the other.
        if (!_wasHandedOver && _listener.FindOriginalDestination(Info) is { } other)
        {
            _wasHandedOver = true;
            _timeout?.Disarm();
            _timeout = null; // The other one has a time of its own.
            _listener.OnSocketLeft(this, toAnother: true);
            other.OnSocketCame(this);
            Start(other);
            return;
        }

        int fd = _fd;
        End();
        _fd = -1;
        _listener.OnSocketReady(this, fd, _bytes, _registration, _isReadable || _peerHasClosed);
        _dispatcher.DeferRelease(this); // Whatever the connection did not take.
    }

    private void End()
    {
        _hasEnded = true;
        _timeout?.Disarm();
        _listener.OnSocketLeft(this);
    }
}
