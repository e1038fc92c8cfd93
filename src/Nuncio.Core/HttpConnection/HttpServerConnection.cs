using Nuncio.Core.Failures;
using Nuncio.Core.Listeners;
using Nuncio.Core.Logging;
using Nuncio.Core.Overload;
using Nuncio.Core.Streams;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// One downstream HTTP connection: the terminal network filter that owns the codec, its streams and the connection's timers.
/// Knows no HTTP filters.
/// </summary>
/// <remarks>
/// Owner: the worker. Made when the connection is accepted, ends with it. An idle one holds no stream and no buffer, and is kept
/// small: thousands of them wait on every proxy.
/// <code>
///   Silent --(first byte)--> Serving --(limit, drain)--> Draining --(last stream ends)--> Closing (delayed close) --> gone
///                              '-(idle, age)-> Draining, drain_timeout later the same
///   Silent --(idle, age, drain, overload)--> gone
/// </code>
/// </remarks>
internal sealed class HttpServerConnection : IReadFilter, IConnectionCallbacks, IServerCodecCallbacks, ITimerHandler, IDrainable, IRunSoon
{
    private const int IdleTimer = 0;
    private const int MaxDurationTimer = 1;
    private const int DrainTimer = 2;

    private readonly HttpConnectionManager _manager;
    private readonly IDrainables _drainables;
    private readonly ScaledTimer _idle;
    private IServerCodec? _codec;
    private ScaledTimer _maxDuration;
    private Timer? _drain;
    private HttpStream? _stream;
    private uint _requests;
    private bool _draining;
    private bool _goneAway;
    private bool _softDraining;

    /// <summary>Ends when its stream does, even if that one's headers were sent before they could say so.</summary>
    private bool _closeWhenIdle;
    private bool _readBlocked;
    private bool _closing;
    private long _startNanos;

    internal HttpServerConnection(HttpConnectionManager manager, Connection connection, in AcceptedConnection accepted)
    {
        _manager = manager;
        _drainables = accepted.Drainables;
        Connection = connection;
        Info = accepted.Info;
        if (manager.Config.IdleTimeoutNanos > 0)
        {
            _idle = manager.Overload.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, IdleTimer);
        }
    }

    internal Connection Connection { get; }

    internal ConnectionInfo Info { get; }

    internal HttpProtocol Protocol => _codec!.Protocol;

    /// <inheritdoc/>
    public bool IsQueuedSoon { get; set; }

    internal HttpConnectionManager Manager => _manager;

    /// <summary>The remote address that the last x-forwarded-for gave, kept because a client sends the same one again and again.</summary>
    internal ForwardedAddressCache ForwardedFor;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection)
    {
        connection.AddCallbacks(this);
        connection.Stats = _manager.ConnectionStats;
        connection.DelayedCloseTimeout = new TimeSpan(_manager.Config.DelayedCloseTimeoutNanos / 100);
    }

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        HttpConnectionStats stats = _manager.Stats;
        stats.CxTotal.Inc();
        stats.CxActive.Inc();
        _startNanos = _manager.Worker.Dispatcher.NowNanos;
        _manager.Worker.Logs.Connection.Debug(
            CoreEvents.NewConnection, $"[C{Connection.Id}] new connection from {Info.RemoteAddress} to {Info.LocalAddress}");
        _drainables.Add(this);
        _idle.Arm(_manager.Config.IdleTimeoutNanos);
        if (_manager.Config.MaxConnectionDurationNanos > 0)
        {
            _maxDuration = _manager.Overload.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionMax, this, MaxDurationTimer);
            _maxDuration.Arm(_manager.Config.MaxConnectionDurationNanos);
        }

        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        if (_closing)
        {
            data.Clear();
            return FilterStatus.StopIteration;
        }

        if (_codec is null && !TryCreateCodec())
        {
            data.Clear();
            return FilterStatus.StopIteration;
        }

        if (_manager.Overload.Sheds(LoadShedPoint.Http1AbortDispatch, _manager.Worker.Dispatcher.Random))
        {
            data.Clear();
            AbortDispatch();
            return FilterStatus.StopIteration;
        }

        CodecStatus status = _codec!.Dispatch(data);
        if (status != CodecStatus.Ok)
        {
            _manager.Stats.CxProtocolError.Inc();
            _manager.Worker.Logs.Http.Debug(
                CoreEvents.ProtocolError, $"[C{Connection.Id}] protocol error: {_stream?.Info.ResponseCodeDetails ?? "no request"}");
            data.Clear();
            if (_stream is null)
            {
                CloseAfterFlush("http1_protocol_violation");
            }

            // Otherwise a filter holds the answer back, and the codec asks to close when it has been given.
            return FilterStatus.StopIteration;
        }

        UpdateReading();
        if (endStream)
        {
            _codec.OnPeerHalfClosed();
        }

        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public IRequestDecoder OnNewStream(IResponseEncoder encoder)
    {
        _idle.Disarm();
        HttpStream stream = _manager.RentStream();
        _stream = stream;
        stream.Begin(this, encoder, _codec!.Protocol);
        _requests++;
        uint limit = _manager.Config.MaxRequestsPerConnection;
        if (limit != 0 && _requests >= limit && !_draining)
        {
            _manager.Stats.CxMaxRequestsReached.Inc();
            _draining = true;
        }

        return stream;
    }

    /// <inheritdoc/>
    public void OnOutput() => Connection.NotifyWritten();

    /// <inheritdoc/>
    public void OnReadUnblocked() => _manager.Worker.Dispatcher.RunSoon(this);

    /// <summary>Dispatches what was left behind when reading was blocked. Runs at the end of the loop's iteration.</summary>
    public void RunSoon()
    {
        if (_closing || Connection.State != ConnectionState.Open)
        {
            return;
        }

        if (!_readBlocked)
        {
            // Answered within the dispatch that left input behind: a stop and its end make the connection deliver it again.
            Connection.ReadDisable(true);
            Connection.ReadDisable(false);
            return;
        }

        UpdateReading();
    }

    /// <inheritdoc/>
    public void OnCloseWanted(bool flush)
    {
        if (flush)
        {
            CloseAfterFlush("close_wanted");
        }
        else
        {
            _closing = true;
            Connection.Close(ConnectionCloseType.NoFlush, "stream_reset");
        }
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.Connected)
        {
            return;
        }

        _closing = true;
        HttpConnectionStats stats = _manager.Stats;
        bool remote = connectionEvent == ConnectionEvent.RemoteClose;
        stats.CxDestroy.Inc();
        _manager.Worker.Logs.Connection.Debug(
            CoreEvents.ConnectionClosed, $"[C{Connection.Id}] closed by {(remote ? "the client" : "us")} after {_requests} requests");
        (remote ? stats.CxDestroyRemote : stats.CxDestroyLocal).Inc();
        if (_stream is { } stream)
        {
            stats.CxDestroyActiveRq.Inc();
            (remote ? stats.CxDestroyRemoteActiveRq : stats.CxDestroyLocalActiveRq).Inc();
            stream.OnConnectionClosed(remote);
        }

        if (_softDraining)
        {
            stats.CxHttp1SoftDrain.Dec();
        }

        stats.CxActive.Dec();
        if (_codec is not null)
        {
            stats.CxHttp1Active.Dec();
        }

        stats.CxLengthMs.Record((ulong)((_manager.Worker.Dispatcher.NowNanos - _startNanos) / 1_000_000));
        _idle.Disarm();
        _maxDuration.Disarm();
        _drain?.Disarm();
        _drainables.Remove(this);
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark() => _codec!.OnOutputBackedUp(true);

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark() => _codec!.OnOutputBackedUp(false);

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        switch (timer.Tag)
        {
            case IdleTimer:
                _manager.Stats.CxIdleTimeout.Inc();
                DrainByTime("on_idle_timeout");
                break;
            case MaxDurationTimer:
                _manager.Stats.CxMaxDurationReached.Inc();
                OnMaxDuration();
                break;
            default:
                Drain();
                break;
        }
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception)
    {
        if (!_closing)
        {
            CloseNow("internal_error", endsWithConnection: false);
        }
    }

    /// <inheritdoc/>
    public void OnDrain() => Drain();

    /// <summary>Whether the response that is about to be sent must tell the client to go away.</summary>
    internal void DecideDrain(bool requestComplete)
    {
        if (_goneAway)
        {
            return;
        }

        bool drain = _draining;
        DrainState listener = _manager.Listener.Drain;
        if (listener.IsDraining && listener.TellsToGo(_manager.Worker.Dispatcher.NowNanos, _manager.Worker.Dispatcher.Random))
        {
            drain = true;
            _manager.Stats.CxDrainClose.Inc();
        }
        else if (!drain && _manager.Overload.DisablesKeepAlive(_manager.Worker.Dispatcher.Random))
        {
            drain = true;
            _manager.Stats.CxOverloadDisableKeepAlive.Inc();
            _manager.Stats.CxDrainClose.Inc();
        }

        // HTTP/1 cannot take another request before this one's body is read, and we do not wait for it.
        if (!requestComplete)
        {
            _manager.Stats.RqResponseBeforeComplete.Inc();
            drain = true;
        }

        if (drain)
        {
            _goneAway = _draining = true;
            _codec!.GoAway();
        }
    }

    /// <summary>After this response the connection ends, whatever the codec thinks.</summary>
    internal void GoAwayAfterResponse()
    {
        if (!_goneAway)
        {
            _goneAway = _draining = true;
            _codec!.GoAway();
        }
    }

    /// <summary>The stream is over in both directions, or was reset.</summary>
    internal void OnStreamEnded(HttpStream stream)
    {
        if (_stream == stream)
        {
            _stream = null;
        }

        if (_closing)
        {
            return;
        }

        if (_closeWhenIdle || (_draining && _goneAway))
        {
            CloseAfterFlush("deferred_close_on_drained_connection");
            return;
        }

        // The stream may have ended while the upstream held it back: the next request must not wait for that.
        UpdateReading();
        _idle.Arm(_manager.Config.IdleTimeoutNanos);
    }

    /// <summary>Stops or resumes reading the socket as the codec can use it.</summary>
    internal void UpdateReading()
    {
        bool blocked = _codec!.IsReadBlocked;
        if (blocked == _readBlocked || _closing)
        {
            return;
        }

        _readBlocked = blocked;
        Connection.ReadDisable(blocked);
    }

    internal void CloseAfterFlush(string reason)
    {
        if (_closing)
        {
            return;
        }

        _closing = true;
        _idle.Disarm();
        Connection.Close(_codec is { IsPeerDone: true } ? ConnectionCloseType.FlushWrite : ConnectionCloseType.FlushWriteAndDelay, reason);
    }

    /// <summary>
    /// Cuts the connection in the middle of a response. Framing tells the client that it is incomplete; where only the connection's
    /// end ends a body (<paramref name="endsWithConnection"/>, HTTP/1.0), that end must be no clean one.
    /// </summary>
    internal void CloseNow(string reason, bool endsWithConnection)
    {
        _closing = true;
        Connection.Close(endsWithConnection ? ConnectionCloseType.AbortReset : ConnectionCloseType.NoFlush, reason);
    }

    private bool TryCreateCodec()
    {
        HttpConnectionStats stats = _manager.Stats;
        if (_manager.Overload.Sheds(LoadShedPoint.HttpCreateCodec, _manager.Worker.Dispatcher.Random))
        {
            stats.RqOverloadClose.Inc();
            CloseAfterFlush("overload_error:onData_codec_creation_overload");
            return false;
        }

        _codec = new Http1ServerCodec(
            Connection.WriteBuffer, this, _manager.Worker.Headers, _manager.Config.Http1, _manager.CodecStats, _manager.Listener.BufferLimit);
        stats.CxHttp1Total.Inc();
        stats.CxHttp1Active.Inc();
        return true;
    }

    /// <summary>Answers what is under way, or nothing yet, with 500 and ends the connection. Envoy: so too when the request had come whole.</summary>
    private void AbortDispatch()
    {
        _manager.Stats.RqOverloadClose.Inc();
        if (_codec!.TryRefuse())
        {
            _stream!.Fail(new ProxyFailure(FailureKind.CodecOverload));
        }

        CloseAfterFlush("overload_error:Aborting_Server_Dispatch");
    }

    private void OnMaxDuration()
    {
        if (_codec is null || !_manager.Config.Http1SafeMaxConnectionDuration)
        {
            DrainByTime(FailureTable.Get(FailureKind.ConnectionDurationReached).Details);
        }
        else if (!_draining)
        {
            // The next response says so; a connection without requests ends by its idle time.
            _draining = _softDraining = true;
            _manager.Stats.CxHttp1SoftDrain.Inc();
        }
    }

    /// <summary>
    /// The connection has lived long enough. A request may be on its way just now: so for <c>drain_timeout</c> it is still answered, with
    /// <c>connection: close</c>. One that never said anything is closed at once.
    /// </summary>
    private void DrainByTime(string reason)
    {
        if (_codec is null)
        {
            _closing = true;
            Connection.Close(ConnectionCloseType.FlushWrite, reason);
        }
        else if (!_draining)
        {
            _draining = true;
            _drain = new Timer(_manager.Worker.Dispatcher.Timers, this, DrainTimer);
            _drain.Arm(_manager.Config.DrainTimeoutNanos);
        }
    }

    /// <summary>Ends an idle connection at once, a busy one after its response.</summary>
    private void Drain()
    {
        _draining = _closeWhenIdle = true;
        if (_stream is null)
        {
            _goneAway = true;
            CloseAfterFlush("deferred_close_on_drained_connection");
        }
    }
}
