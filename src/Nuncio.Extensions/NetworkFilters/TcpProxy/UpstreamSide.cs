using Nuncio.Core.Clusters;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// The upstream connection of a proxied connection, and what becomes of it when the client goes first: it drains alone, which is to
/// say that it sends what was left and closes.
/// </summary>
/// <remarks>
/// Owner: the worker. Made when the upstream is connected, ends with the connection's close event. States:
/// <code>
///   Proxying --client gone, bytes left--> Draining --sent, upstream ended, idle timeout--> Closed
///   Proxying --upstream ended, client gone and nothing left-------------------------------> Closed
/// </code>
/// Invariant: <see cref="_filter"/> is the client's side while Proxying, null afterwards. Envoy: <c>UpstreamCallbacks</c>, <c>Drainer</c>.
/// </remarks>
internal sealed class UpstreamSide : IReadFilter, IConnectionCallbacks, ITimerHandler
{
    private readonly TcpProxyMaker _proxy;
    private readonly WorkerCluster _cluster;
    private readonly Connection _connection;
    private TcpProxyFilter? _filter;
    private Timer? _drainTimer;
    private bool _isDraining;

    internal UpstreamSide(TcpProxyFilter filter, TcpProxyMaker proxy, WorkerCluster cluster, Connection connection)
    {
        _filter = filter;
        _proxy = proxy;
        _cluster = cluster;
        _connection = connection;
        connection.HalfCloseEnabled = true;
        connection.AddReadFilter(this);
        connection.AddCallbacks(this);
    }

    /// <inheritdoc/>
    public void OnInitialize(Connection connection)
    {
    }

    /// <inheritdoc/>
    public FilterStatus OnNewConnection() => FilterStatus.Continue;

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        if (_filter is { } filter)
        {
            filter.OnUpstreamData(data, endStream);
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
        if (connectionEvent == ConnectionEvent.Connected)
        {
            return;
        }

        if (_isDraining)
        {
            _isDraining = false;
            _drainTimer?.Disarm();
            _proxy.Stats.UpstreamFlushActive.Dec();
        }

        TcpProxyFilter? filter = _filter;
        _filter = null;
        filter?.OnUpstreamClosed();
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark() => _filter?.PauseDownstream();

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark() => _filter?.ResumeDownstream();

    /// <inheritdoc/>
    public void OnBytesSent(int bytes)
    {
        if (_filter is { } filter)
        {
            filter.OnActivity();
        }
        else
        {
            _drainTimer?.Arm(_proxy.Config.IdleTimeoutNanos);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _proxy.Stats.IdleTimeout.Inc();
        _connection.Close(ConnectionCloseType.NoFlush, CloseReasons.IdleTimeout);
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _connection.Close(ConnectionCloseType.Abort, CloseReasons.InternalError);

    internal void Write(Buffer data, bool endStream) => _connection.Write(data, endStream);

    /// <summary>The client does not keep up: stop reading.</summary>
    internal void Pause()
    {
        _connection.ReadDisable(true);
        _cluster.Stats.FlowControlPausedReading.Inc();
    }

    /// <summary>The client has caught up: read on.</summary>
    internal void Resume()
    {
        _connection.ReadDisable(false);
        _cluster.Stats.FlowControlResumedReading.Inc();
    }

    /// <summary>The client ended: send what it has sent, then close.</summary>
    internal void Drain()
    {
        _filter = null;
        _connection.Close(ConnectionCloseType.FlushWrite, CloseReasons.DownstreamRemoteClose);
        if (_connection.State == ConnectionState.Closed)
        {
            return;
        }

        _isDraining = true;
        _proxy.Stats.UpstreamFlushTotal.Inc();
        _proxy.Stats.UpstreamFlushActive.Inc();
        if (_proxy.Config.IdleTimeoutNanos > 0)
        {
            _drainTimer = new Timer(_proxy.Worker.Dispatcher.Timers, this);
            _drainTimer.Arm(_proxy.Config.IdleTimeoutNanos);
        }
    }

    /// <summary>We gave the client up: nothing that is left is of use to anybody.</summary>
    internal void Close()
    {
        _filter = null;
        _connection.Close(ConnectionCloseType.NoFlush, CloseReasons.DownstreamLocalClose);
    }
}
