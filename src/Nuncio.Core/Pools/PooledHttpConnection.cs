using System.Diagnostics;
using Nuncio.Core.Clusters;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Pools;

/// <summary>
/// One upstream HTTP connection of a pool: joins the socket connection and the codec. What depends on the protocol version (codec,
/// streams at a time, how streams end with the connection) is in the classes derived from it, one per version.
/// </summary>
/// <remarks>
/// Owner: the pool's worker. Made by the pool when streams wait, ends with the connection's close event. States and transitions:
/// <see cref="PooledConnectionState"/>; the pool makes them.
/// </remarks>
internal abstract class PooledHttpConnection : IReadFilter, IConnectionCallbacks, IConnectObserver, IClientCodecCallbacks, ITimerHandler
{
    private const int ConnectTimeoutTag = 0;
    private const int MaxDurationTag = 1;

    // Links of the pool's lists; only they write them.
    internal bool IsInReadyList;
    internal PooledHttpConnection? NextReady;
    internal PooledHttpConnection? PreviousReady;
    internal PooledHttpConnection? NextInPool;
    internal PooledHttpConnection? PreviousInPool;

    private readonly Timer _timer;
    private bool _isDispatching;
    private bool _isReadDisabled;

    /// <summary>A stream has ended while input was being decoded; what becomes of the connection is decided after that.</summary>
    private bool _mustSettle;

    /// <summary>The connection closes because a stream was cut short.</summary>
    private bool _wasCutShort;

    protected PooledHttpConnection(HttpConnectionPool pool)
    {
        Pool = pool;
        RemainingStreams = pool.Cluster.Info.Config.Http.MaxRequestsPerConnection is > 0 and uint limit ? limit : uint.MaxValue;
        StartNanos = pool.Dispatcher.NowNanos;

        // First it bounds the connecting, then the life of the connection.
        _timer = new Timer(pool.Dispatcher.Timers, this, ConnectTimeoutTag);
    }

    /// <summary>The pool it belongs to.</summary>
    public HttpConnectionPool Pool { get; }

    /// <summary>The socket connection.</summary>
    public Connection Connection { get; private set; } = null!;

    /// <summary>The protocol's state; null while connecting.</summary>
    public IClientCodec? Codec { get; private set; }

    /// <summary>Where it is in its life. Written by the pool.</summary>
    public PooledConnectionState State { get; set; }

    /// <summary>Streams it may still carry in its life.</summary>
    public uint RemainingStreams { get; set; }

    /// <summary>Streams it carries now.</summary>
    public int ActiveStreams { get; set; }

    /// <summary>Streams it has carried or carries.</summary>
    public uint StreamCount { get; set; }

    /// <summary>When it was begun.</summary>
    public long StartNanos { get; }

    /// <summary>Since when it has carried no stream; meaningful while it carries none.</summary>
    public long IdleSinceNanos { get; set; }

    /// <summary>Whether closing was our decision because connecting took too long.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>Whether it can carry another stream, now or after those it carries.</summary>
    public abstract bool IsReusable { get; }

    /// <summary>Streams it can carry at a time.</summary>
    public abstract int StreamLimit { get; }

    /// <summary>Protocol of its streams.</summary>
    public abstract HttpProtocol Protocol { get; }

    /// <summary>Begins a stream.</summary>
    public virtual IRequestEncoder NewStream(IResponseDecoder decoder) => Codec!.NewStream(decoder);

    /// <inheritdoc/>
    public void OnInitialize(Connection connection)
    {
    }

    /// <inheritdoc/>
    public FilterStatus OnNewConnection() => FilterStatus.Continue;

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        if (ActiveStreams == 0 && !AcceptsIdleData(data))
        {
            data.Clear();
            Close("unsolicited_data");
            return FilterStatus.StopIteration;
        }

        _isDispatching = true;
        CodecStatus status = Codec!.Dispatch(data);
        _isDispatching = false;
        if (status == CodecStatus.ProtocolError)
        {
            Pool.Stats.CxProtocolError.Inc();
            Close("codec_error");
        }

        if (State == PooledConnectionState.Closed)
        {
            return FilterStatus.StopIteration;
        }

        if (_mustSettle)
        {
            _mustSettle = false;
            Pool.Settle(this);
        }

        if (State != PooledConnectionState.Closed && !_isReadDisabled && Codec.IsReadBlocked)
        {
            _isReadDisabled = true;
            Connection.ReadDisable(true);
        }

        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        _timer.Disarm();
        if (connectionEvent != ConnectionEvent.Connected)
        {
            Pool.OnConnectionClosed(this, connectionEvent);
            return;
        }

        Codec = CreateCodec(Connection);
        if (Pool.Cluster.Info.MaxConnectionDurationNanos is > 0 and long duration)
        {
            _timer.Tag = MaxDurationTag;
            _timer.Arm(duration);
        }

        Pool.OnConnected(this);
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark() => Codec?.OnOutputBackedUp(true);

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark() => Codec?.OnOutputBackedUp(false);

    /// <inheritdoc/>
    public void OnOutput() => Connection.NotifyWritten();

    /// <inheritdoc/>
    public void OnReadUnblocked()
    {
        if (_isReadDisabled)
        {
            _isReadDisabled = false;
            Connection.ReadDisable(false);
        }
    }

    /// <inheritdoc/>
    public void OnStreamEnded()
    {
        Pool.OnStreamEnded(this);
        if (State == PooledConnectionState.Closed)
        {
            return;
        }

        if (_isDispatching)
        {
            // It is not known yet whether bytes follow that belong to no stream: such a connection must not be given to another
            // request, whose answer they would become.
            _mustSettle = true;
        }
        else
        {
            // Outside of decoding a stream ends here by a reset, or (HTTP/2) because its request was the last to be complete.
            _wasCutShort = !IsReusable;
            Pool.Settle(this);
        }
    }

    /// <inheritdoc/>
    public void OnCloseWanted()
    {
        _wasCutShort |= _mustSettle || ActiveStreams > 0;
        Close("codec_wants_close");
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (timer.Tag == MaxDurationTag)
        {
            Pool.OnMaxDuration(this);
            return;
        }

        HasTimedOut = true;
        Pool.Stats.CxConnectTimeout.Inc();
        Close("connect_timeout");
    }

    /// <inheritdoc/>
    public void OnAnotherAttempt() => Pool.OnAnotherAttempt();

    /// <summary>Starts connecting; every outcome comes from the loop, later.</summary>
    public void Connect(Host host)
    {
        WorkerCluster cluster = Pool.Cluster;
        Connection = cluster.Connect(host, Pool.ConnectOptions, this, null);

        // The bytes of an answer come before the peer's end, even while nobody wants to read them yet.
        Connection.DetectEarlyClose = false;
        Connection.AddReadFilter(this);
        Connection.AddCallbacks(this);
        _timer.Arm(cluster.Info.ConnectTimeoutNanos);
    }

    /// <summary>Closes the connection; the pool hears of it by the close event.</summary>
    public void Close(string reason) => Connection.Close(ConnectionCloseType.NoFlush, reason);

    /// <summary>Closes because the last stream left it so that no other can follow.</summary>
    public void CloseUnusable()
    {
        if (!_wasCutShort)
        {
            Pool.Stats.CxCloseNotify.Inc();
        }

        Close("not_reusable");
    }

    /// <summary>The connection has closed: ends what it carries. Whether a stream was cut short by it, or cut it short.</summary>
    public bool EndStreams(bool isRemote)
    {
        Debug.Assert(State == PooledConnectionState.Closed);
        if (ActiveStreams > 0)
        {
            _wasCutShort |= CutStreams(isRemote);
        }

        return _wasCutShort;
    }

    /// <summary>The codec over a connection that was made.</summary>
    protected abstract IClientCodec CreateCodec(Connection connection);

    /// <summary>Whether bytes may arrive while no stream is active. Counts what it refuses.</summary>
    protected abstract bool AcceptsIdleData(Buffer data);

    /// <summary>Ends the active streams of a closed connection. False when the close was the proper end of all of them.</summary>
    protected abstract bool CutStreams(bool isRemote);
}
