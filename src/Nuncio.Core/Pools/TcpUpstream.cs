using Nuncio.Core.Clusters;
using Nuncio.Core.Overload;
using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Pools;

/// <summary>One upstream TCP connection made for one user: connecting, then counted until its end.</summary>
/// <remarks>
/// Owner: the worker. Made by <see cref="WorkerCluster.ConnectTcp"/>, ends with the connection's close event. As in Envoy's TCP pool
/// the wait counts as a pending request and the connection in use as an active one.
/// </remarks>
public sealed class TcpUpstream : IConnectionCallbacks, IConnectObserver, ITimerHandler
{
    private readonly WorkerCluster _cluster;
    private readonly WorkerLimits _limits;
    private readonly WorkerHost _host;
    private readonly Timer _connectTimer;
    private readonly long _startNanos;
    private ITcpConnectCallbacks? _callbacks;
    private bool _isConnecting = true;
    private bool _isActive;
    private bool _hasTimedOut;

    private TcpUpstream(WorkerCluster cluster, Host host, ITcpConnectCallbacks callbacks, WorkerLimits limits)
    {
        _cluster = cluster;
        _limits = limits;
        _callbacks = callbacks;
        _host = host.On(cluster.Cell);
        _startNanos = cluster.Worker.Dispatcher.NowNanos;
        _connectTimer = new Timer(cluster.Worker.Dispatcher.Timers, this);
    }

    /// <summary>The connection, whatever its state.</summary>
    public Connection Connection { get; private set; } = null!;

    private ClusterStats Stats => _cluster.Stats;

    /// <summary>The connection is not wanted any more: it closes and no callback follows. Nothing once it was handed over.</summary>
    public void Cancel()
    {
        if (_isConnecting && _callbacks is not null)
        {
            _callbacks = null;
            Stats.RqCancelled.Inc();
            EndPending();
            Connection.Close(ConnectionCloseType.NoFlush, "tcp_connect_cancelled");
        }
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        _connectTimer.Disarm();
        if (connectionEvent == ConnectionEvent.Connected)
        {
            OnConnected();
        }
        else
        {
            OnClosed(connectionEvent == ConnectionEvent.RemoteClose);
        }
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark()
    {
    }

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark()
    {
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _hasTimedOut = true;
        Stats.CxConnectTimeout.Inc();
        Connection.Close(ConnectionCloseType.NoFlush, "connect_timeout");
    }

    /// <inheritdoc/>
    public void OnAnotherAttempt()
    {
        Stats.CxTotal.Inc();
        _host.Stats.CxTotal++;
    }

    internal static TcpUpstream? Connect(
        WorkerCluster cluster, Host host, ITcpConnectCallbacks callbacks, ResourcePriority priority, StreamInfo? downstream)
    {
        WorkerLimits limits = cluster.Limits(priority);
        if (!limits.Connections.CanAcquire)
        {
            // Nobody would ever give a TCP connection back for this one to use: waiting would be forever.
            cluster.Stats.CxOverflow.Inc();
            callbacks.OnTcpFailure(PoolFailureReason.Overflow, null, host);
            return null;
        }

        if (!limits.PendingRequests.TryAcquire())
        {
            cluster.Stats.RqPendingOverflow.Inc();
            callbacks.OnTcpFailure(PoolFailureReason.Overflow, null, host);
            return null;
        }

        if (cluster.Worker.Overload.Sheds(LoadShedPoint.ConnectionPoolNewConnection, cluster.Worker.Dispatcher.Random))
        {
            // Envoy: counted as one that began to wait and was cancelled.
            cluster.Stats.RqPendingTotal.Inc();
            cluster.Stats.RqCancelled.Inc();
            limits.PendingRequests.Release();
            callbacks.OnTcpFailure(PoolFailureReason.Overflow, null, host);
            return null;
        }

        TcpUpstream upstream = new(cluster, host, callbacks, limits);
        upstream.Start(downstream);
        return upstream;
    }

    private void Start(StreamInfo? downstream)
    {
        _limits.Connections.Acquire();
        _cluster.OnConnectionMade();
        Stats.RqPendingTotal.Inc();
        Stats.RqPendingActive.Inc();
        Stats.CxTotal.Inc();
        Stats.CxActive.Inc();
        _host.Stats.CxTotal++;
        _host.Stats.CxActive++;
        ConnectOptions options = UpstreamSocketOptions.Of(downstream)?.ApplyTo(_cluster.ConnectOptions) ?? _cluster.ConnectOptions;
        Connection = _cluster.Connect(_host.Host, options, this, downstream?.Connection);

        // What the upstream sent before it closed is proxied first.
        Connection.DetectEarlyClose = false;
        Connection.AddCallbacks(this);
        _connectTimer.Arm(_cluster.Info.ConnectTimeoutNanos);
    }

    private void OnConnected()
    {
        _isConnecting = false;
        Stats.CxConnectMs.Record((_cluster.Worker.Dispatcher.NowNanos - _startNanos) / 1_000_000);
        ITcpConnectCallbacks callbacks = _callbacks!;
        _callbacks = null;
        EndPending();
        if (!_limits.Requests.TryAcquire())
        {
            Stats.RqPendingOverflow.Inc();
            Connection.Close(ConnectionCloseType.NoFlush, "max_requests_overflow");
            callbacks.OnTcpFailure(PoolFailureReason.Overflow, null, _host.Host);
            return;
        }

        _isActive = true;
        Stats.RqTotal.Inc();
        Stats.RqActive.Inc();
        _host.Stats.RqTotal++;
        _host.Stats.RqActive++;
        if (_cluster.Info.SharesActiveRequests)
        {
            _host.Host.RequestStarted();
        }

        callbacks.OnTcpReady(Connection, _host.Host);
    }

    private void OnClosed(bool isRemote)
    {
        Stats.CxDestroy.Inc();
        (isRemote ? Stats.CxDestroyRemote : Stats.CxDestroyLocal).Inc();
        Stats.CxActive.Dec();
        Stats.CxLengthMs.Record((_cluster.Worker.Dispatcher.NowNanos - _startNanos) / 1_000_000);
        _host.Stats.CxActive--;
        _limits.Connections.Release();
        if (_isActive)
        {
            EndActive(isRemote);
        }

        if (_isConnecting)
        {
            _isConnecting = false;
            Stats.CxConnectFail.Inc();
            _host.Stats.CxConnectFail++;
            FailPending(isRemote);
        }

        _cluster.OnConnectionGone();
    }

    private void EndActive(bool isRemote)
    {
        _isActive = false;
        Stats.CxDestroyWithActiveRq.Inc();
        (isRemote ? Stats.CxDestroyRemoteWithActiveRq : Stats.CxDestroyLocalWithActiveRq).Inc();
        Stats.RqActive.Dec();
        _host.Stats.RqActive--;
        _limits.Requests.Release();
        if (_cluster.Info.SharesActiveRequests)
        {
            _host.Host.RequestEnded();
        }
    }

    private void FailPending(bool isRemote)
    {
        if (_callbacks is not { } callbacks)
        {
            return;
        }

        _callbacks = null;
        EndPending();
        Stats.RqPendingFailureEject.Inc();
        PoolFailureReason reason = _hasTimedOut ? PoolFailureReason.Timeout
            : isRemote ? PoolFailureReason.RemoteConnectionFailure
            : PoolFailureReason.LocalConnectionFailure;
        callbacks.OnTcpFailure(reason, Connection.TransportFailureReason, _host.Host);
    }

    private void EndPending()
    {
        Stats.RqPendingActive.Dec();
        _limits.PendingRequests.Release();
    }
}
