using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>
/// A listener on one worker: accepts, gives each connection its filters, and keeps the list of those that live.
/// </summary>
/// <remarks>
/// Owner: the worker. Made when the <see cref="ListenerManager"/> publishes the listener, ends when it has stopped accepting and
/// its last connection is gone.
/// </remarks>
internal sealed class ActiveListener : IListenerCallbacks, IDrainables
{
    private readonly WorkerContext _worker;
    private readonly ListenerConfig _config;
    private readonly NetworkFilterMaker[]? _makers;
    private readonly List<TcpListener> _sockets = [];
    private readonly HashSet<IDrainable> _drainables = [];
    private readonly LinkedList<ActiveConnection> _connections = new();
    private readonly IAccessLogger[] _loggers;

    internal ActiveListener(WorkerContext worker, ListenerConfig config, DrainState drain)
    {
        _worker = worker;
        _config = config;
        StatScope scope = worker.Stats.SubScope("listener." + config.StatName);
        Stats = new ListenerStats(scope, worker.Dispatcher.Index);
        var context = new ListenerContext(config.Name, scope, drain, config.BufferLimit);
        _loggers = new IAccessLogger[config.AccessLogs.Count];
        for (int i = 0; i < _loggers.Length; i++)
        {
            _loggers[i] = config.AccessLogs[i].CreateForWorker(worker);
        }

        if (config.FilterChain is { } chain)
        {
            _makers = new NetworkFilterMaker[chain.Filters.Count];
            for (int i = 0; i < _makers.Length; i++)
            {
                _makers[i] = chain.Filters[i].CreateForWorker(worker, context);
            }
        }
    }

    internal ListenerStats Stats { get; }

    /// <summary>Whether it is one that a drain of inbound traffic only is for.</summary>
    internal bool IsInbound => _config.Direction == TrafficDirection.Inbound;

    /// <summary>Connections that live.</summary>
    internal int ActiveConnections => _connections.Count;

    /// <summary>Called when <see cref="ActiveConnections"/> falls to 0.</summary>
    internal Action? Idle { get; set; }

    /// <summary>Begins accepting on a socket made for this worker.</summary>
    internal void Listen(int fd, NetworkAddress address) => _sockets.Add(new TcpListener(_worker.Dispatcher, fd, address, this));

    /// <summary>Accepts no more; connections go on.</summary>
    internal void StopListening()
    {
        foreach (TcpListener socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }

    /// <summary>Tells every protocol that can to end politely.</summary>
    internal void Drain()
    {
        foreach (IDrainable drainable in new List<IDrainable>(_drainables))
        {
            drainable.OnDrain();
        }
    }

    /// <summary>Ends every connection at once.</summary>
    internal void CloseAll(string reason)
    {
        for (LinkedListNode<ActiveConnection>? node = _connections.First; node is not null;)
        {
            LinkedListNode<ActiveConnection>? next = node.Next;
            node.Value.Connection.Close(ConnectionCloseType.NoFlush, reason);
            node = next;
        }
    }

    /// <inheritdoc/>
    public void Add(IDrainable drainable) => _drainables.Add(drainable);

    /// <inheritdoc/>
    public void Remove(IDrainable drainable) => _drainables.Remove(drainable);

    /// <inheritdoc/>
    public void OnAccepted(int fd, NetworkAddress remote)
    {
        var connection = new Connection(_worker.Dispatcher, fd, new RawTransportSocket(), LocalAddressOfAccepted, remote);
        connection.SetBufferLimit(_config.BufferLimit);
        var active = new ActiveConnection(this, connection);
        Stats.CxTotal.Inc();
        Stats.CxActive.Inc();
        Stats.WorkerCxTotal.Inc();
        Stats.WorkerCxActive.Inc();
        _connections.AddLast(active.Node);
        connection.AddCallbacks(active);
        if (_makers is null)
        {
            Stats.NoFilterChainMatch.Inc();
            active.Flags = ResponseFlags.NoRouteFound;
            connection.Close(ConnectionCloseType.NoFlush, "filter_chain_not_found");
            return;
        }

        var accepted = new AcceptedConnection(_config.FilterChain!.Name, this);
        foreach (NetworkFilterMaker maker in _makers)
        {
            maker.AddTo(connection, accepted);
        }

        if (_makers.Length == 0)
        {
            connection.Close(ConnectionCloseType.NoFlush, "no_filters");
            return;
        }

        connection.Initialize();
    }

    /// <inheritdoc/>
    public void OnAcceptFailed(int error) => Stats.AcceptFailures.Inc();

    /// <summary>Known without asking the system when the listener is bound to one address.</summary>
    private NetworkAddress? LocalAddressOfAccepted => _sockets.Count == 1 ? _sockets[0].AcceptedLocalAddress : null;

    internal void OnClosed(ActiveConnection active)
    {
        _connections.Remove(active.Node);
        Stats.CxDestroy.Inc();
        Stats.CxActive.Dec();
        Stats.WorkerCxActive.Dec();
        long now = _worker.Dispatcher.NowNanos;
        Stats.CxLengthMs.Record((ulong)((now - active.StartNanos) / 1_000_000));
        if (_loggers.Length > 0)
        {
            WriteLogs(active, now);
        }

        if (_connections.Count == 0)
        {
            Idle?.Invoke();
        }
    }

    private void WriteLogs(ActiveConnection active, long now)
    {
        Connection connection = active.Connection;
        var info = new StreamInfo
        {
            StartNanos = active.StartNanos,
            StartUtcTicks = _worker.Dispatcher.UtcTicks - ((now - active.StartNanos) / 100),
            EndNanos = now,
            ConnectionId = connection.Id,
            Flags = active.Flags,
            BytesReceived = connection.BytesReceived,
            BytesSent = connection.BytesSent,
            DownstreamRemoteAddress = connection.RemoteAddress,
            DownstreamDirectRemoteAddress = connection.DirectRemoteAddress,
            DownstreamLocalAddress = connection.LocalAddress,
            DownstreamDirectLocalAddress = connection.LocalAddress,
            FilterChainName = _config.FilterChain?.Name,
            ResponseCodeDetails = active.Flags == ResponseFlags.NoRouteFound ? "filter_chain_not_found" : null,
        };
        foreach (IAccessLogger logger in _loggers)
        {
            logger.Log(new FormatContext(info, null, null, null, now, _worker.Dispatcher.UtcTicks, logType: AccessLogType.NotSet));
        }
    }
}
