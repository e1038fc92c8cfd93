using Nuncio.Core.Failures;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Overload;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <content>The way from the listening socket to the listener filters: limits, overload, balancing, hand-over.</content>
internal sealed partial class ActiveListener : IListenerCallbacks
{
    private readonly List<TcpListener> _sockets = [];

    // The address of each of them.
    private readonly List<BoundAddress> _boundOf = [];
    private bool _hasStopped;
    private bool _hasEnded;

    /// <summary>The local address of accepted connections where the system need not be asked.</summary>
    private NetworkAddress? LocalAddressOfAccepted => _sockets.Count == 1 ? _sockets[0].AcceptedLocalAddress : null;

    /// <summary>Begins accepting on all of its addresses.</summary>
    internal void Listen()
    {
        foreach (BoundAddress bound in _published.Sockets)
        {
            foreach (int fd in bound.For(_handler.Index))
            {
                _sockets.Add(new TcpListener(Worker.Dispatcher, fd, bound.Address, this, Config.MaxAcceptsPerEvent, ownsDescriptor: false));
                _boundOf.Add(bound);
            }
        }

        _published.Balancer?.Add(this);
        OnAcceptingChanged();
    }

    /// <summary>
    /// Accepts no more; connections go on. What waits in the kernel's queue is taken first, unless another listener watches the socket from
    /// now on: closing it would reset those clients.
    /// </summary>
    /// <param name="keeps">Addresses that the next version of the listener watches.</param>
    internal void StopListening(IReadOnlyList<BoundAddress> keeps)
    {
        _hasStopped = true;
        _published.Balancer?.Remove(this);
        for (int i = 0; i < _sockets.Count; i++)
        {
            if (!Contains(keeps, _boundOf[i]))
            {
                _sockets[i].AcceptWaiting();
            }

            _sockets[i].Dispose();
        }

        _sockets.Clear();
        _boundOf.Clear();
        Worker.Overload.AcceptingChanged -= OnAcceptingChanged;
    }

    /// <inheritdoc/>
    public void OnAccepted(int fd, NetworkAddress remote)
    {
        if (!IsLetIn())
        {
            Worker.Dispatcher.Sockets.Close(fd);
            return;
        }

        // The last ones stay here: the other workers have perhaps stopped already, and were asked for their connections.
        ActiveListener target = _hasStopped ? this : _published.Balancer?.Pick(this) ?? this;
        if (target == this)
        {
            Take(fd, remote);
        }
        else
        {
            PostTo(target, fd, remote);
        }
    }

    /// <summary>The drain time is over: what lives here ends, and what is on its way here too.</summary>
    internal void End(string reason)
    {
        _hasEnded = true;
        CloseAll(reason);
    }

    /// <inheritdoc/>
    public void OnAcceptTurnEnded(int accepted) => Stats.AcceptedPerEvent.Record((ulong)accepted);

    /// <inheritdoc/>
    public void OnAcceptFailed(int error) => Stats.AcceptFailures.Inc();

    /// <summary>A connection that was not accepted but made inside the process, for an internal listener.</summary>
    internal void OnInternalConnection(int fd, NetworkAddress local, NetworkAddress remote, FilterState? shared)
    {
        if (!IsLetIn())
        {
            Worker.Dispatcher.Sockets.Close(fd);
            return;
        }

        Begin(fd, new ConnectionInfo(local, remote) { ListenerName = Config.Name, ListenerMetadata = Config.Metadata, FilterState = shared });
    }

    /// <summary>Listener filters that each socket goes through.</summary>
    internal int FilterCount => _filterMakers.Length;

    /// <summary>Makes a filter whose turn has come; null when it is not for this socket, by what earlier filters found too.</summary>
    internal ListenerFilter? MakeFilter(int index, ActiveSocket socket)
    {
        (ListenerFilterMaker maker, ListenerFilterPredicate? disabledFor) = _filterMakers[index];
        return disabledFor is not null && disabledFor.Matches(socket.Info) ? null : maker.Create(socket);
    }

    /// <summary>The listener that a restored destination belongs to; null to stay.</summary>
    internal ActiveListener? FindOriginalDestination(ConnectionInfo info) =>
        Config.UseOriginalDestination && info.IsLocalAddressRestored && _handler.FindByAddress(info.LocalAddress) is { } other && other != this
            ? other
            : null;

    /// <summary>A socket comes from another listener. Envoy: limits are for those that are accepted; it is counted all the same.</summary>
    internal void OnSocketCame(ActiveSocket socket)
    {
        socket.Info.ListenerName = Config.Name;
        socket.Info.ListenerMetadata = Config.Metadata;
        _published.Limit.CountOne();
        _published.Balancer?.Came(this);
        if (!Config.BypassOverloadManager)
        {
            Worker.Overload.TryAdmitConnection(ignoreLimit: true);
        }

        Enter(socket);
    }

    /// <summary>A socket became a connection, was closed, or goes to another listener.</summary>
    internal void OnSocketLeft(ActiveSocket socket, bool toAnother = false)
    {
        _waiting.Remove(socket.Node);
        Stats.PreCxActive.Dec();
        if (toAnother)
        {
            Release();
        }
    }

    /// <summary>A socket was closed before it became a connection.</summary>
    internal void OnSocketClosed(ActiveSocket socket, string reason)
    {
        socket.Info.TerminationDetails ??= reason;
        if (_loggers.Length > 0)
        {
            WriteLogs(socket.Info, null, socket.StartNanos, null, ResponseFlags.None);
        }

        Release();
        TellIfIdle();
    }

    private void TellIfIdle()
    {
        if (ActiveConnections == 0)
        {
            _handler.OnListenerIdle();
        }
    }

    /// <summary>Limits and overload. Counted when true; <see cref="Release"/> ends that.</summary>
    private bool IsLetIn()
    {
        if (!Config.BypassOverloadManager)
        {
            WorkerOverload overload = Worker.Overload;
            if (!overload.TryAdmitConnection(Config.IgnoreGlobalConnectionLimit))
            {
                Stats.GlobalCxOverflow.Inc();
                return false;
            }

            if (overload.RejectsConnection(Worker.Dispatcher.Random) || overload.Sheds(LoadShedPoint.TcpListenerAccept, Worker.Dispatcher.Random))
            {
                overload.ReleaseConnection();
                Stats.CxOverloadReject.Inc();
                return false;
            }
        }

        if (!_published.Limit.TryTake())
        {
            Stats.CxOverflow.Inc();
            ReleaseOverload();
            return false;
        }

        return true;
    }

    // Apart, so that only connections that go elsewhere pay for the closure.
    private static void PostTo(ActiveListener target, int fd, NetworkAddress remote) =>
        target.Worker.Dispatcher.Post(() => target.Take(fd, remote));

    private void Take(int fd, NetworkAddress remote)
    {
        if (_hasEnded)
        {
            Worker.Dispatcher.Sockets.Close(fd);
            Release();
            return;
        }

        NetworkAddress? local = LocalAddressOfAccepted;
        if (local is null && (_filterMakers.Length > 0 || _selector.NeedsLocalAddress))
        {
            local = Worker.Dispatcher.Sockets.GetLocalAddress(fd);
        }

        Begin(fd, new ConnectionInfo(local, remote) { ListenerName = Config.Name, ListenerMetadata = Config.Metadata });
    }

    private void Begin(int fd, ConnectionInfo info)
    {
        if (_filterMakers.Length == 0)
        {
            StartConnection(fd, info, Worker.Dispatcher.NowNanos, null, default, mayHaveMore: false);
            return;
        }

        var socket = new ActiveSocket(this, fd, info);
        Enter(socket);
        try
        {
            socket.Start(this);
        }
        catch (Exception exception)
        {
            // Nobody else knows the descriptor yet.
            Worker.Dispatcher.ReportContained(exception, "new socket");
            socket.Close("internal_error");
        }
    }

    private void Enter(ActiveSocket socket)
    {
        _waiting.AddLast(socket.Node);
        Stats.PreCxActive.Inc();
    }

    /// <summary>Closes a socket that does not become a connection.</summary>
    private void Refuse(int fd, ConnectionInfo info, long startNanos, IoRegistration registration, string details, ResponseFlags flags)
    {
        if (_loggers.Length > 0)
        {
            WriteLogs(info, null, startNanos, details, flags);
        }

        Worker.Dispatcher.Unregister(registration);
        Worker.Dispatcher.Sockets.Close(fd);
        Release();
        TellIfIdle();
    }

    private void Release()
    {
        _published.Limit.Release();
        _published.Balancer?.Released(this);
        ReleaseOverload();
    }

    private void ReleaseOverload()
    {
        if (!Config.BypassOverloadManager)
        {
            Worker.Overload.ReleaseConnection();
        }
    }

    private static bool Contains(IReadOnlyList<BoundAddress> addresses, BoundAddress address)
    {
        foreach (BoundAddress each in addresses)
        {
            if (each == address)
            {
                return true;
            }
        }

        return false;
    }

    private void OnAcceptingChanged()
    {
        bool accepts = Config.BypassOverloadManager || !Worker.Overload.StopsAccepting;
        foreach (TcpListener socket in _sockets)
        {
            socket.IsEnabled = accepts;
        }
    }
}
