using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary>
/// Counts a connection while it lives; one over the limit is closed, at once or after a delay.
/// </summary>
/// <remarks>
/// Owner: the worker; one per connection, ends with it. Counts once it has heard of the new connection and takes back exactly that. As a
/// read filter it takes itself out once it has let the connection through.
/// </remarks>
internal sealed class ConnectionLimitFilter(ConnectionLimitMaker limit) : IReadFilter, IConnectionCallbacks, ITimerHandler
{
    private const string CloseReason = "over_connection_limit";

    private Connection _connection = null!;
    private Timer? _delay;
    private bool _isActive;
    private bool _isCounted;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        if (limit.Config.Enabled.IsOn)
        {
            _connection.AddCallbacks(this);
            _isActive = true;
            limit.Stats.ActiveConnections.Inc();
            _isCounted = limit.Counter.TryEnter();
            if (!_isCounted)
            {
                limit.Stats.LimitedConnections.Inc();
                Reject();
                return FilterStatus.StopIteration;
            }
        }

        _connection.RemoveReadFilter(this);
        return FilterStatus.Continue;
    }

    /// <summary>Only while a rejected connection waits for its close. What had arrived is thrown away.</summary>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        data.Clear();
        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.Connected || !_isActive)
        {
            return;
        }

        _isActive = false;
        _delay?.Disarm();
        limit.Stats.ActiveConnections.Dec();
        if (_isCounted)
        {
            limit.Counter.Leave();
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
    public void OnTimer(Timer timer) => _connection.Close(ConnectionCloseType.NoFlush, CloseReason);

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _connection.Close(ConnectionCloseType.Abort, CloseReason);

    private void Reject()
    {
        if (limit.Config.DelayNanos == 0)
        {
            _connection.Close(ConnectionCloseType.NoFlush, CloseReason);
            return;
        }

        // Envoy: goes on reading and keeps what comes up to the buffer limit. Nobody will ever want it.
        _connection.ReadDisable(true);
        _delay = new Timer(_connection.Dispatcher.Timers, this);
        _delay.Arm(limit.Config.DelayNanos);
    }
}
