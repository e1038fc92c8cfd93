using System.Diagnostics;
using Nuncio.Core.Clusters;
using Nuncio.Core.Logging;
using Nuncio.Core.Overload;
using Nuncio.Core.Streams;
using Nuncio.Http.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Pools;

/// <summary>
/// The HTTP connections of one worker to one host at one priority, and the requests that wait for one.
/// </summary>
/// <remarks>
/// Owner: the worker. Made with the first request to the host; ends by draining when the host or the cluster goes. The connection
/// freed last is used first; waiting requests are served in order. A connection is made for each waiting request that no
/// connection being made will serve, within the circuit breaker; a failure to connect fails all that wait. Nothing is allocated and
/// no timer is moved per request: idle connections are looked after by one timer per pool. (Envoy: connection pooling.)
/// </remarks>
public sealed class HttpConnectionPool : IRunSoon, ITimerHandler
{
    /// <summary>Connections begun at most per request, so that a burst of failures does not become a burst of attempts.</summary>
    private const int MaxConnectsPerCall = 3;

    private readonly WorkerHost _host;
    private readonly WorkerLimits _limits;
    private readonly PendingList _pending = new();

    /// <summary>Streams that a failure to connect is being told to.</summary>
    private readonly PendingList _failing = new();
    private readonly ReadyList _ready = new();
    private readonly Timer _idleTimer;
    private PooledHttpConnection? _connections;
    private PendingStream? _freePending;
    private int _connecting;
    private bool _isDraining;

    /// <summary>Counted as a pool: it has connections or streams that wait.</summary>
    private bool _isCounted;

    internal HttpConnectionPool(WorkerCluster cluster, WorkerHost host, ResourcePriority priority, UpstreamSocketOptions? socketOptions)
    {
        Cluster = cluster;
        SocketOptions = socketOptions;
        ConnectOptions = socketOptions?.ApplyTo(cluster.ConnectOptions) ?? cluster.ConnectOptions;
        Dispatcher = cluster.Worker.Dispatcher;
        Stats = cluster.Stats;
        Priority = priority;
        _host = host;
        _limits = cluster.Limits(priority);
        _isDraining = host.IsDraining || cluster.IsDraining;
        _idleTimer = new Timer(Dispatcher.Timers, this);
    }

    /// <summary>The host.</summary>
    public Host Host => _host.Host;

    /// <summary>Which limits it uses.</summary>
    public ResourcePriority Priority { get; }

    /// <summary>Requests waiting for a connection.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Connections, of whatever state.</summary>
    public int ConnectionCount { get; private set; }

    /// <inheritdoc/>
    bool IRunSoon.IsQueuedSoon { get; set; }

    internal WorkerCluster Cluster { get; }

    /// <summary>What its connections have to themselves; null for the pool that everybody shares.</summary>
    internal UpstreamSocketOptions? SocketOptions { get; }

    internal ConnectOptions ConnectOptions { get; }

    internal Dispatcher Dispatcher { get; }

    internal ClusterStats Stats { get; }

    /// <summary>
    /// Opens a stream. With a ready connection (or without hope) <paramref name="callbacks"/> is called before this returns null;
    /// otherwise the stream waits, and the handle can cancel it. With <paramref name="freshConnection"/> only a connection that never
    /// carried a request will do: for a request that was lost because the upstream closed a reused one.
    /// </summary>
    public PendingStream? NewStream(IResponseDecoder decoder, IPoolCallbacks callbacks, bool freshConnection = false)
    {
        if (_ready.First is { } ready && !(freshConnection && ready.StreamCount > 0))
        {
            Attach(ready, decoder, callbacks);
            return null;
        }

        if (!_isCounted && !_limits.ConnectionPools.TryAcquire())
        {
            Stats.CxPoolOverflow.Inc();
            callbacks.OnPoolFailure(PoolFailureReason.Overflow, null, Host);
            return null;
        }

        _isCounted = true;
        if (!_limits.PendingRequests.TryAcquire())
        {
            Stats.RqPendingOverflow.Inc();
            ReleaseIfEnded();
            callbacks.OnPoolFailure(PoolFailureReason.Overflow, null, Host);
            return null;
        }

        if (_pending.Count >= _connecting && MustShed())
        {
            // Envoy: counted as one that began to wait and was cancelled.
            Stats.RqPendingTotal.Inc();
            Stats.RqCancelled.Inc();
            _limits.PendingRequests.Release();
            ReleaseIfEnded();
            callbacks.OnPoolFailure(PoolFailureReason.Overflow, null, Host);
            return null;
        }

        PendingStream stream = RentPending();
        stream.Decoder = decoder;
        stream.Callbacks = callbacks;
        stream.NeedsFresh = freshConnection;
        _pending.Add(stream);
        Stats.RqPendingTotal.Inc();
        Stats.RqPendingActive.Inc();
        ConnectForPending(mayShed: false);
        return stream;
    }

    /// <summary>Attaches streams that wait to connections that became free in this iteration.</summary>
    void IRunSoon.RunSoon()
    {
        ServePending();
        CloseIdleIfDraining();
    }

    /// <summary>Closes what has been idle for too long and looks again when the next one will have been.</summary>
    void ITimerHandler.OnTimer(Timer timer)
    {
        long timeout = Cluster.Info.IdleTimeoutNanos;
        while (_ready.Last is { } last)
        {
            long left = last.IdleSinceNanos + timeout - Dispatcher.NowNanos;
            if (left > 0)
            {
                _idleTimer.Arm(left);
                return;
            }

            Stats.CxIdleTimeout.Inc();
            last.Close("idle_timeout");
        }
    }

    internal void Cancel(PendingStream stream)
    {
        if (stream.List is null)
        {
            return;
        }

        Stats.RqCancelled.Inc();
        ReleasePending(stream);
        CloseIdleIfDraining();
        ReleaseIfEnded();
    }

    /// <summary>The host has left the cluster, or the cluster the configuration: idle connections close, busy ones after their streams.</summary>
    internal void Drain()
    {
        if (_isDraining)
        {
            return;
        }

        _isDraining = true;
        CloseIdleIfDraining();
        for (PooledHttpConnection? connection = _connections; connection is not null; connection = connection.NextInPool)
        {
            if (connection.State is PooledConnectionState.Busy)
            {
                connection.State = PooledConnectionState.Draining;
            }
        }

        ReleaseIfEnded();
    }

    /// <summary>A connection being made tries one more address of the host.</summary>
    internal void OnAnotherAttempt()
    {
        Stats.CxTotal.Inc();
        _host.Stats.CxTotal++;
    }

    internal void OnConnected(PooledHttpConnection connection)
    {
        _connecting -= connection.StreamLimit;
        Stats.CxConnectMs.Record((Dispatcher.NowNanos - connection.StartNanos) / 1_000_000);
        MakeReady(connection);
        ServePending();
        CloseIdleIfDraining();
    }

    /// <summary>A stream has left the connection, by whatever end.</summary>
    internal void OnStreamEnded(PooledHttpConnection connection)
    {
        Debug.Assert(connection.ActiveStreams > 0);
        connection.ActiveStreams--;
        Stats.RqActive.Dec();
        _host.Stats.RqActive--;
        _limits.Requests.Release();
        if (Cluster.Info.SharesActiveRequests)
        {
            Host.RequestEnded();
        }
    }

    /// <summary>After a stream has ended: ready for another one, or closed.</summary>
    internal void Settle(PooledHttpConnection connection)
    {
        if (!connection.IsReusable)
        {
            connection.CloseUnusable();
            return;
        }

        if (connection.State == PooledConnectionState.Draining || (_isDraining && _pending.Count == 0))
        {
            if (connection.ActiveStreams == 0)
            {
                connection.Close("drained");
            }

            return;
        }

        if (connection.State == PooledConnectionState.Busy)
        {
            MakeReady(connection);
            if (_pending.Count > 0)
            {
                // Not inside the event: the upstream may have closed behind its answer, which this event will tell next.
                Dispatcher.RunSoon(this);
            }
        }
    }

    internal void OnMaxDuration(PooledHttpConnection connection)
    {
        if (connection.State is PooledConnectionState.Draining or PooledConnectionState.Closed)
        {
            return;
        }

        Stats.CxMaxDurationReached.Inc();
        StartDraining(connection);
        if (connection.ActiveStreams == 0)
        {
            connection.Close("max_connection_duration");
        }
    }

    internal void OnConnectionClosed(PooledHttpConnection connection, ConnectionEvent closeEvent)
    {
        bool isRemote = closeEvent == ConnectionEvent.RemoteClose;
        bool wasConnecting = connection.State == PooledConnectionState.Connecting;
        Unlink(connection);
        connection.State = PooledConnectionState.Closed;
        _host.Stats.CxActive--;
        Stats.CxActive.Dec();
        Stats.CxLengthMs.Record((Dispatcher.NowNanos - connection.StartNanos) / 1_000_000);
        _limits.Connections.Release();
        CountDestroyed(isRemote, connection.EndStreams(isRemote));
        if (wasConnecting)
        {
            _connecting -= connection.StreamLimit;
            Stats.CxConnectFail.Inc();
            _host.Stats.CxConnectFail++;
            Cluster.Worker.Logs.Pool.Debug(
                CoreEvents.ConnectFailed,
                $"cannot connect to {Host.Address} of cluster '{Cluster.Info.Name}': {ReasonOf(connection, isRemote)} {connection.Connection.TransportFailureReason}");
            FailPending(ReasonOf(connection, isRemote), connection.Connection.TransportFailureReason);
        }
        else
        {
            Stats.RqPerCx.Record((ulong)connection.StreamCount);
        }

        ConnectForPending();
        ReleaseIfEnded();

        // Last: what its streams came to is still counted.
        Cluster.OnConnectionGone();
    }

    private static PoolFailureReason ReasonOf(PooledHttpConnection connection, bool isRemote) =>
        connection.HasTimedOut ? PoolFailureReason.Timeout
        : isRemote ? PoolFailureReason.RemoteConnectionFailure
        : PoolFailureReason.LocalConnectionFailure;

    private void Attach(PooledHttpConnection connection, IResponseDecoder decoder, IPoolCallbacks callbacks)
    {
        if (!_limits.Requests.TryAcquire())
        {
            Stats.RqPendingOverflow.Inc();
            callbacks.OnPoolFailure(PoolFailureReason.Overflow, null, Host);
            return;
        }

        connection.ActiveStreams++;
        bool isReused = connection.StreamCount++ > 0;
        if (--connection.RemainingStreams == 0)
        {
            Stats.CxMaxRequests.Inc();
            StartDraining(connection);
        }
        else if (connection.ActiveStreams == connection.StreamLimit)
        {
            _ready.Remove(connection);
            connection.State = PooledConnectionState.Busy;
        }

        Stats.RqTotal.Inc();
        Stats.RqActive.Inc();
        _host.Stats.RqTotal++;
        _host.Stats.RqActive++;
        if (Cluster.Info.SharesActiveRequests)
        {
            Host.RequestStarted();
        }

        IRequestEncoder encoder = connection.NewStream(decoder);
        callbacks.OnPoolReady(encoder, connection.Connection, Host, connection.Protocol, isReused);
    }

    private void ServePending()
    {
        while (_ready.First is { } ready && _pending.TakeFirstFor(ready) is { } stream)
        {
            IResponseDecoder decoder = stream.Decoder;
            IPoolCallbacks callbacks = stream.Callbacks;
            ReleasePending(stream);
            Attach(ready, decoder, callbacks);
        }

        ConnectForPending();
    }

    /// <summary>Whether the machine is too busy for another upstream connection.</summary>
    private bool MustShed() => Cluster.Worker.Overload.Sheds(LoadShedPoint.ConnectionPoolNewConnection, Dispatcher.Random);

    private void ConnectForPending(bool mayShed = true)
    {
        if (mayShed && _pending.Count > _connecting && MustShed())
        {
            // Envoy: they wait until another request comes or they time out, even where no connection is left to serve them.
            if (_connections is null)
            {
                FailPending(PoolFailureReason.Overflow, null);
            }

            return;
        }

        for (int i = 0; i < MaxConnectsPerCall && _pending.Count > _connecting; i++)
        {
            bool isWithinLimit = _limits.Connections.CanAcquire;
            if (!isWithinLimit)
            {
                Stats.CxOverflow.Inc();

                // Without any connection nobody would ever serve what waits here, so that one is made over the limit.
                if (_connections is not null)
                {
                    return;
                }
            }

            Connect();
            if (!isWithinLimit)
            {
                return;
            }
        }
    }

    private void Connect()
    {
        Http1PooledConnection connection = new(this);
        _connecting += connection.StreamLimit;
        _limits.Connections.Acquire();
        Stats.CxTotal.Inc();
        Stats.CxHttp1Total.Inc();
        Stats.CxActive.Inc();
        _host.Stats.CxTotal++;
        _host.Stats.CxActive++;
        Cluster.OnConnectionMade();
        connection.NextInPool = _connections;
        if (_connections is not null)
        {
            _connections.PreviousInPool = connection;
        }

        _connections = connection;
        ConnectionCount++;
        Cluster.Worker.Logs.Pool.Debug(CoreEvents.Connecting, $"connecting to {Host.Address} of cluster '{Cluster.Info.Name}'");
        connection.Connect(Host);
    }

    private void Unlink(PooledHttpConnection connection)
    {
        if (connection.IsInReadyList)
        {
            _ready.Remove(connection);
        }

        if (connection.PreviousInPool is null)
        {
            _connections = connection.NextInPool;
        }
        else
        {
            connection.PreviousInPool.NextInPool = connection.NextInPool;
        }

        if (connection.NextInPool is not null)
        {
            connection.NextInPool.PreviousInPool = connection.PreviousInPool;
        }

        ConnectionCount--;
    }

    private void MakeReady(PooledHttpConnection connection)
    {
        connection.State = PooledConnectionState.Ready;
        connection.IdleSinceNanos = Dispatcher.NowNanos;
        _ready.Push(connection);
        if (!_idleTimer.IsArmed && Cluster.Info.IdleTimeoutNanos is > 0 and long timeout)
        {
            // Armed once and moved only when it fires: it then finds out how long the oldest has really been idle.
            _idleTimer.Arm(timeout);
        }
    }

    private void StartDraining(PooledHttpConnection connection)
    {
        if (connection.IsInReadyList)
        {
            _ready.Remove(connection);
        }

        connection.State = PooledConnectionState.Draining;
    }

    private void CloseIdleIfDraining()
    {
        if (!_isDraining)
        {
            return;
        }

        while (_ready.First is { } ready)
        {
            StartDraining(ready);
            if (ready.ActiveStreams == 0)
            {
                ready.Close("pool_drained");
            }
        }

        // A connection being made is still wanted while something waits for it.
        while (_pending.Count == 0 && FirstConnecting() is { } connecting)
        {
            connecting.Close("pool_drained");
        }
    }

    private PooledHttpConnection? FirstConnecting()
    {
        PooledHttpConnection? connection = _connections;
        while (connection is not null && connection.State != PooledConnectionState.Connecting)
        {
            connection = connection.NextInPool;
        }

        return connection;
    }

    private void ReleaseIfEnded()
    {
        if (_connections is not null || _pending.Count > 0)
        {
            return;
        }

        _idleTimer.Disarm();
        if (_isCounted)
        {
            _isCounted = false;
            _limits.ConnectionPools.Release();
        }

        if (_isDraining || SocketOptions is not null)
        {
            _host.Forget(this);
        }
    }

    private void FailPending(PoolFailureReason reason, string? transportFailureReason)
    {
        // Moved aside first: a retry made inside a callback waits anew and must not be failed with the rest.
        _failing.TakeAll(_pending);
        while (_failing.TakeFirst() is { } stream)
        {
            IPoolCallbacks callbacks = stream.Callbacks;
            ReleasePending(stream);
            Stats.RqPendingFailureEject.Inc();
            callbacks.OnPoolFailure(reason, transportFailureReason, Host);
        }
    }

    private void CountDestroyed(bool isRemote, bool wasActive)
    {
        Stats.CxDestroy.Inc();
        (isRemote ? Stats.CxDestroyRemote : Stats.CxDestroyLocal).Inc();
        if (wasActive)
        {
            Stats.CxDestroyWithActiveRq.Inc();
            (isRemote ? Stats.CxDestroyRemoteWithActiveRq : Stats.CxDestroyLocalWithActiveRq).Inc();
        }
    }

    private PendingStream RentPending()
    {
        if (_freePending is not { } stream)
        {
            return new PendingStream(this);
        }

        _freePending = stream.Next;
        stream.Next = null;
        return stream;
    }

    private void ReleasePending(PendingStream stream)
    {
        stream.List?.Remove(stream);
        stream.Decoder = null!;
        stream.Callbacks = null!;
        stream.Next = _freePending;
        _freePending = stream;
        Stats.RqPendingActive.Dec();
        _limits.PendingRequests.Release();
    }
}
