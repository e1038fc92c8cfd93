using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Pools;
using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// The client's side of one proxied connection: finds an upstream, then moves bytes both ways without copying them.
/// </summary>
/// <remarks>
/// Owner: the worker. Made for an accepted connection, ends with its close event, which writes the access log. States:
/// <code>
///   New -> Connecting --failed, attempts left--> Waiting --timer--> Connecting
///          Connecting --connected--> Proxying --upstream ended--> Flushing (the client gets what is left) --> Ended
///          any of them --client gone, timeout, no attempt left--> Ended
/// </code>
/// Nothing is read from the client before the upstream is connected. Each direction ends by itself (half-close). Invariant: at most
/// one of <see cref="_connecting"/> and <see cref="_upstream"/> is set. Envoy: <c>TcpProxy::Filter</c>.
/// </remarks>
internal sealed class TcpProxyFilter : IReadFilter, IConnectionCallbacks, ITcpConnectCallbacks, ITimerHandler
{
    private const int IdleTag = 0;
    private const int DurationTag = 1;
    private const int RetryTag = 2;
    private const int LogTag = 3;

    /// <summary>Where filters leave the name of the cluster in filter state (Envoy: well known filter state objects).</summary>
    private const string ClusterKey = "envoy.tcp_proxy.cluster";

    private readonly TcpProxyMaker _proxy;
    private readonly StreamInfo _info = new();
    private Connection _downstream = null!;
    private WorkerCluster? _cluster;
    private TcpUpstream? _connecting;
    private UpstreamSide? _upstream;
    private Connection? _upstreamConnection;
    private Timer? _idleTimer;
    private Timer? _durationTimer;
    private Timer? _retryTimer;
    private Timer? _logTimer;
    private long _connectStartNanos;
    private uint _attempts;
    private bool _hasEnded;

    internal TcpProxyFilter(TcpProxyMaker proxy, ConnectionInfo connectionInfo)
    {
        _proxy = proxy;
        _info.Connection = connectionInfo;
    }

    private TcpProxyConfig Config => _proxy.Config;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection)
    {
        _downstream = connection;
        connection.HalfCloseEnabled = true;
        connection.Stats = _proxy.Stats.Bytes;
        connection.AddCallbacks(this);
        _proxy.Stats.CxTotal.Inc();
        _info.StartNanos = connection.Dispatcher.NowNanos;
        _info.StartUtcTicks = connection.Dispatcher.UtcTicks;
        _info.ConnectionId = connection.Id;
        _info.Random = connection.Dispatcher.Random.NextUInt64();
    }

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        // Here and not when the filter is added: filters before it may have to read before they let the connection pass.
        _downstream.ReadDisable(true);
        if (_proxy.Loggers.Length > 0)
        {
            // The addresses only now, since listener filters may have changed them; and only for logs, since they cost a system call.
            _info.DownstreamRemoteAddress = _downstream.RemoteAddress;
            _info.DownstreamDirectRemoteAddress = _downstream.DirectRemoteAddress;
            _info.DownstreamLocalAddress = _info.DownstreamDirectLocalAddress = _downstream.LocalAddress;
        }

        if (Config.LogOnStart)
        {
            Log(AccessLogType.TcpConnectionStart);
        }

        _durationTimer = Start(DurationTag, MaxDurationNanos());
        _logTimer = Start(LogTag, Config.LogIntervalNanos);
        _idleTimer = Start(IdleTag, Config.IdleTimeoutNanos);
        Connect();
        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        // Without an upstream nothing is read; what arrives all the same has nowhere to go.
        if (_upstream is { } upstream)
        {
            upstream.Write(data, endStream);
            OnActivity();
        }
        else
        {
            data.Clear();
        }

        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.Connected || _hasEnded)
        {
            return;
        }

        _hasEnded = true;
        _idleTimer?.Disarm();
        _durationTimer?.Disarm();
        _retryTimer?.Disarm();
        _logTimer?.Disarm();
        _connecting?.Cancel();
        _connecting = null;
        EndUpstream(connectionEvent);
        _info.EndNanos = _downstream.Dispatcher.NowNanos;
        Log(AccessLogType.TcpConnectionEnd);
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark() => _upstream?.Pause();

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark() => _upstream?.Resume();

    /// <inheritdoc/>
    public void OnBytesSent(int bytes) => OnActivity();

    /// <inheritdoc/>
    public void OnTcpReady(Connection upstream, Host host)
    {
        _connecting = null;
        SetPoolReadyTime();
        _info.UpstreamHost = host;
        _info.UpstreamConnectionId = upstream.Id;
        if (_proxy.Loggers.Length > 0)
        {
            _info.UpstreamLocalAddress = upstream.LocalAddress;
            _info.UpstreamRemoteAddress = upstream.RemoteAddress;
        }

        _upstreamConnection = upstream;
        _upstream = new UpstreamSide(this, _proxy, _cluster!, upstream);

        // Nothing here looks at the bytes, so large streams need not pass through our memory.
        _downstream.AllowSplice(upstream);
        upstream.AllowSplice(_downstream);
        OnActivity();
        if (Config.LogOnConnected)
        {
            Log(AccessLogType.TcpUpstreamConnected);
        }

        _downstream.ReadDisable(false);
    }

    /// <inheritdoc/>
    public void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host)
    {
        _connecting = null;
        _info.UpstreamHost = host;
        _info.UpstreamTransportFailureReason = transportFailureReason;
        if (reason is PoolFailureReason.RemoteConnectionFailure or PoolFailureReason.Timeout)
        {
            // Envoy: a failure on our side of the connect, or a circuit breaker but that of connections, sets no flag of its own.
            _info.Flags |= FailureTable.Get(FailureTable.FromPool(reason)).Flags;
        }

        if (_attempts < Config.MaxConnectAttempts)
        {
            _retryTimer ??= new Timer(_downstream.Dispatcher.Timers, this, RetryTag);
            _retryTimer.Arm(Config.BackOff?.WaitNanos(_attempts, _downstream.Dispatcher.Random) ?? 0);
            return;
        }

        _cluster!.Stats.CxConnectAttemptsExceeded.Inc();
        GiveUp(FailureKind.TcpConnectAttemptsExceeded, CloseReasons.ConnectFailed);
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        switch (timer.Tag)
        {
            case RetryTag:
                Connect();
                break;
            case LogTag:
                Log(AccessLogType.TcpPeriodic);
                timer.Arm(Config.LogIntervalNanos);
                break;
            case DurationTag:
                _info.Flags |= FailureTable.Get(FailureKind.ConnectionDurationReached).Flags;
                _proxy.Stats.MaxConnectionDuration.Inc();
                _downstream.Close(ConnectionCloseType.NoFlush, CloseReasons.MaxConnectionDuration);
                break;
            default:
                _proxy.Stats.IdleTimeout.Inc();
                _downstream.Close(ConnectionCloseType.NoFlush, CloseReasons.IdleTimeout);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _downstream.Close(ConnectionCloseType.Abort, CloseReasons.InternalError);

    /// <summary>Something moved, in whichever direction.</summary>
    internal void OnActivity() => _idleTimer?.Arm(Config.IdleTimeoutNanos);

    internal void OnUpstreamData(Buffer data, bool endStream)
    {
        _downstream.Write(data, endStream);
        OnActivity();
    }

    /// <summary>
    /// The upstream is gone, with both directions ended or broken: the client gets what is left. The idle timer goes on meanwhile.
    /// </summary>
    internal void OnUpstreamClosed()
    {
        // Envoy: stops the idle timer here, so that a client that reads nothing keeps its connection and our memory for good.
        _upstream = null;
        if (_downstream.State == ConnectionState.Open)
        {
            _downstream.Close(ConnectionCloseType.FlushWrite, CloseReasons.UpstreamEnded);
        }
    }

    /// <summary>The upstream does not keep up: stop reading from the client.</summary>
    internal void PauseDownstream()
    {
        if (_downstream.State == ConnectionState.Open)
        {
            _downstream.ReadDisable(true);
            _proxy.Stats.FlowControlPausedReading.Inc();
        }
    }

    /// <summary>The upstream has caught up: read on.</summary>
    internal void ResumeDownstream()
    {
        if (_downstream.State == ConnectionState.Open)
        {
            _downstream.ReadDisable(false);
            _proxy.Stats.FlowControlResumedReading.Inc();
        }
    }

    private void Connect()
    {
        _cluster = FindCluster();
        if (_cluster is null)
        {
            _proxy.Stats.CxNoRoute.Inc();
            GiveUp(FailureKind.TcpNoRoute, CloseReasons.NoCluster);
            return;
        }

        if (_attempts == 0)
        {
            _connectStartNanos = _downstream.Dispatcher.NowNanos;
        }

        _info.Cluster = _cluster.Info;
        if (!_cluster.Limits(ResourcePriority.Default).Connections.CanAcquire)
        {
            _cluster.Stats.CxOverflow.Inc();
            GiveUp(FailureKind.UpstreamOverflow, CloseReasons.Overflow);
            return;
        }

        if (_cluster.ChooseHost(new LoadBalancerContext(_info)) is not { } host)
        {
            _cluster.Stats.CxNoneHealthy.Inc();
            GiveUp(FailureKind.NoHealthyUpstream, CloseReasons.NoHealthyUpstream);
            return;
        }

        _info.AttemptCount = (int)Math.Min(++_attempts, int.MaxValue);
        _connecting = _cluster.ConnectTcp(host, this, downstream: _info);
    }

    /// <summary>
    /// The cluster that an earlier filter has chosen for this connection, else one of the configuration's. The former is looked up by name
    /// and never made into a <see cref="ClusterRef"/>: it may be a client's text.
    /// </summary>
    private WorkerCluster? FindCluster() =>
        _info.Connection?.FilterState?.FindText(ClusterKey) is { } name
            ? _proxy.Worker.Clusters.Find(name)
            : _proxy.Worker.Clusters.Find(Config.Clusters.Draw(_downstream.Dispatcher.Random));

    private void GiveUp(FailureKind kind, string closeReason)
    {
        if (_attempts > 0)
        {
            SetPoolReadyTime();
        }

        _info.Flags |= FailureTable.Get(kind).Flags;
        _downstream.Close(ConnectionCloseType.NoFlush, closeReason);
    }

    private void EndUpstream(ConnectionEvent connectionEvent)
    {
        if (_upstream is not { } upstream)
        {
            return;
        }

        _upstream = null;

        // Envoy: drains only after the client's close. When both directions to the client have ended properly it drops what the
        // upstream has not taken yet, although the client was told that all was well; we send that too.
        if (connectionEvent == ConnectionEvent.RemoteClose || _downstream.LocalCloseReason is null)
        {
            upstream.Drain();
        }
        else
        {
            upstream.Close();
        }
    }

    private void SetPoolReadyTime()
    {
        if (_info.PoolReadyNanos < 0)
        {
            _info.PoolReadyNanos = _downstream.Dispatcher.NowNanos - _connectStartNanos;
        }
    }

    private Timer? Start(int tag, long nanos)
    {
        if (nanos <= 0)
        {
            return null;
        }

        var timer = new Timer(_downstream.Dispatcher.Timers, this, tag);
        timer.Arm(nanos);
        return timer;
    }

    private long MaxDurationNanos()
    {
        long nanos = Config.MaxConnectionDurationNanos;
        ulong jitter = (ulong)(nanos * (Config.MaxConnectionDurationJitter / 100));
        return jitter == 0 ? nanos : nanos + (long)(_downstream.Dispatcher.Random.NextUInt64() % jitter);
    }

    private void Log(AccessLogType type)
    {
        IAccessLogger[] loggers = _proxy.Loggers;
        if (loggers.Length == 0)
        {
            return;
        }

        // What filters before this one have said of the connection.
        _info.Flags |= _info.Connection?.Flags ?? default;
        _info.ConnectionTerminationDetails ??= _info.Connection?.TerminationDetails;

        // Envoy: counts as sent what is handed over to the client's connection, which is all that came from the upstream.
        _info.BytesReceived = _downstream.BytesReceived;
        _info.BytesSent = _upstreamConnection?.BytesReceived ?? 0;
        var context = new FormatContext(
            _info, null, null, null, _downstream.Dispatcher.NowNanos, _downstream.Dispatcher.UtcTicks, logType: type);
        foreach (IAccessLogger logger in loggers)
        {
            logger.Log(context);
        }
    }
}
