using Nuncio.Base.Buffers;
using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Listeners;

/// <summary>
/// One version of a listener on one worker: accepts, runs listener filters, chooses the filter chain and gives each connection its
/// network filters.
/// </summary>
/// <remarks>
/// Owner: the worker. Made when the <see cref="ListenerManager"/> publishes the version, ends when that was drained. How it accepts is in
/// the other part of this class.
/// </remarks>
internal sealed partial class ActiveListener
{
    private readonly ConnectionHandler _handler;
    private readonly PublishedListener _published;
    private readonly StatScope _scope;
    private readonly IAccessLogger[] _loggers;
    private readonly (ListenerFilterMaker Maker, ListenerFilterPredicate? DisabledFor)[] _filterMakers;
    private readonly LinkedList<ActiveSocket> _waiting = new();
    private readonly List<ActiveFilterChain> _drainingChains = [];
    private ActiveFilterChain[] _chains = [];
    private ActiveFilterChain? _defaultChain;
    private FilterChainSelector _selector;
    private int _connections;

    internal ActiveListener(ConnectionHandler handler, PublishedListener published)
    {
        _handler = handler;
        _published = published;
        Config = published.Config;
        _selector = published.Chains.Selector;
        _scope = Worker.Stats.SubScope("listener." + Config.StatName);
        Stats = new ListenerStats(_scope, Worker.Dispatcher.Index);
        _loggers = new IAccessLogger[Config.AccessLogs.Count];
        for (int i = 0; i < _loggers.Length; i++)
        {
            _loggers[i] = Config.AccessLogs[i].CreateForWorker(Worker);
        }

        _filterMakers = new (ListenerFilterMaker, ListenerFilterPredicate?)[Config.ListenerFilters.Count];
        for (int i = 0; i < _filterMakers.Length; i++)
        {
            ListenerFilterConfig filter = Config.ListenerFilters[i];
            _filterMakers[i] = (filter.Provider.CreateForWorker(Worker, Context(published.Drain)), filter.DisabledFor);
        }

        SetChains(Config, published.Chains);
        if (!Config.BypassOverloadManager)
        {
            Worker.Overload.AcceptingChanged += OnAcceptingChanged;
        }
    }

    internal WorkerContext Worker => _handler.Worker;

    internal ListenerConfig Config { get; private set; }

    internal ListenerStats Stats { get; }

    /// <summary>Whether it is one that a drain of inbound traffic only is for.</summary>
    internal bool IsInbound => Config.Direction == TrafficDirection.Inbound;

    /// <summary>Connections that live, and sockets that are on their way to become one.</summary>
    internal int ActiveConnections => _connections + _waiting.Count;

    /// <summary>
    /// Takes over new filter chains: those equal to one of before go on with their connections, the others wait for
    /// <see cref="EndChains"/>.
    /// </summary>
    internal void SetChains(ListenerConfig config, ChainSet set)
    {
        var before = new Dictionary<PublishedChain, ActiveFilterChain>(ReferenceEqualityComparer.Instance);
        foreach (ActiveFilterChain chain in AllChains())
        {
            before.Add(chain.Published, chain);
        }

        ActiveFilterChain Make(PublishedChain chain) =>
            before.Remove(chain, out ActiveFilterChain? same) ? same : new ActiveFilterChain(Worker, chain, Context(chain.Drain));

        Config = config;
        _selector = set.Selector;
        _chains = new ActiveFilterChain[set.Chains.Count];
        for (int i = 0; i < _chains.Length; i++)
        {
            _chains[i] = Make(set.Chains[i]);
        }

        _defaultChain = set.Default is null ? null : Make(set.Default);
        _drainingChains.AddRange(before.Values);
    }

    /// <summary>The drain time of chains that were taken out is over: their connections end.</summary>
    internal void EndChains(HashSet<PublishedChain> chains)
    {
        for (int i = _drainingChains.Count - 1; i >= 0; i--)
        {
            ActiveFilterChain chain = _drainingChains[i];
            if (chains.Contains(chain.Published))
            {
                _drainingChains.RemoveAt(i);
                chain.CloseAll("filter_chain_is_being_removed");
            }
        }
    }

    /// <summary>Tells every protocol that can to end politely.</summary>
    internal void Drain()
    {
        foreach (ActiveFilterChain chain in EveryChain())
        {
            chain.Drain();
        }
    }

    /// <summary>Ends every connection at once.</summary>
    internal void CloseAll(string reason)
    {
        while (_waiting.First is { } socket)
        {
            socket.Value.Abort(reason);
        }

        foreach (ActiveFilterChain chain in EveryChain())
        {
            chain.CloseAll(reason);
        }
    }

    /// <summary>The socket of a connection has passed all listener filters.</summary>
    internal void OnSocketReady(ActiveSocket socket, int fd, Buffer? bytes, IoRegistration registration, bool mayHaveMore) =>
        StartConnection(fd, socket.Info, socket.StartNanos, bytes, registration, mayHaveMore);

    /// <summary>Chooses the filter chain and starts the connection.</summary>
    private void StartConnection(int fd, ConnectionInfo info, long startNanos, Buffer? bytes, IoRegistration registration, bool mayHaveMore)
    {
        Connection? connection = null;
        try
        {
            int index = _selector.Select(info);
            if ((index >= 0 ? _chains[index] : index == FilterChainSelector.Default ? _defaultChain : null) is { } chain)
            {
                NetworkAddress? local = info.IsLocalAddressRestored ? info.LocalAddress : LocalAddressOfAccepted;
                connection = new Connection(Worker.Dispatcher, fd, new RawTransportSocket(), local, info.DirectRemoteAddress)
                {
                    RemoteAddress = info.RemoteAddress,
                };
                StartConnection(connection, chain, info, bytes, registration, mayHaveMore);
                return;
            }

            Stats.NoFilterChainMatch.Inc();
            Refuse(fd, info, startNanos, registration, "filter_chain_not_found", ResponseFlags.NoRouteFound);
        }
        catch (Exception exception)
        {
            // It ends here and not where the loop would end the listening socket's turn: those behind it are still to be accepted.
            Worker.Dispatcher.ReportContained(exception, "new connection");
            if (connection is null)
            {
                Refuse(fd, info, startNanos, registration, "internal_error", ResponseFlags.None);
            }
            else
            {
                Worker.Dispatcher.Unregister(registration);
                connection.Close(ConnectionCloseType.NoFlush, "internal_error");
            }
        }
    }

    private void StartConnection(
        Connection connection, ActiveFilterChain chain, ConnectionInfo info, Buffer? bytes, IoRegistration registration, bool mayHaveMore)
    {
        connection.SetBufferLimit(Config.BufferLimit);
        info.Connection = connection;
        info.FilterChainName = chain.Published.Config.Name;
        info.FilterChainMetadata = chain.Published.Config.Metadata;
        var active = new ActiveConnection(this, chain, connection, info);
        Stats.CxTotal.Inc();
        Stats.CxActive.Inc();
        Stats.WorkerCxTotal.Inc();
        Stats.WorkerCxActive.Inc();
        _connections++;
        chain.Add(active);
        connection.AddCallbacks(active);
        if (chain.Makers.Length == 0 || chain.IsMissingConfig)
        {
            if (chain.Makers.Length > 0)
            {
                Stats.NetworkExtensionConfigMissing.Inc();
            }

            Worker.Dispatcher.Unregister(registration);
            connection.Close(ConnectionCloseType.NoFlush, "no_filters");
            return;
        }

        var accepted = new AcceptedConnection(info, chain);
        foreach (NetworkFilterMaker maker in chain.Makers)
        {
            maker.AddTo(connection, accepted);
        }

        connection.Initialize(bytes, registration, mayHaveMore);
    }

    internal void OnClosed(ActiveConnection active)
    {
        active.Chain.Remove(active);
        _connections--;
        Release();
        Stats.CxDestroy.Inc();
        Stats.CxActive.Dec();
        Stats.WorkerCxActive.Dec();
        long now = Worker.Dispatcher.NowNanos;
        Stats.CxLengthMs.Record((ulong)((now - active.StartNanos) / 1_000_000));
        if (_loggers.Length > 0)
        {
            WriteLogs(active.Info, active.Connection, active.StartNanos, null, ResponseFlags.None);
        }

        TellIfIdle();
    }

    private ListenerContext Context(DrainState drain) =>
        new(Config.Name, _scope, drain, Config.BufferLimit) { BypassesOverload = Config.BypassOverloadManager };

    private ActiveFilterChain[] AllChains() => _defaultChain is null ? _chains : [.. _chains, _defaultChain];

    private ActiveFilterChain[] EveryChain() => [.. AllChains(), .. _drainingChains];

    private void WriteLogs(ConnectionInfo info, Connection? connection, long startNanos, string? details, ResponseFlags flags)
    {
        long now = Worker.Dispatcher.NowNanos;
        var stream = new StreamInfo
        {
            StartNanos = startNanos,
            StartUtcTicks = Worker.Dispatcher.UtcTicks - ((now - startNanos) / 100),
            EndNanos = now,
            ConnectionId = connection?.Id ?? 0,
            Flags = flags | info.Flags,
            BytesReceived = connection?.BytesReceived ?? 0,
            BytesSent = connection?.BytesSent ?? 0,
            DownstreamRemoteAddress = info.RemoteAddress,
            DownstreamDirectRemoteAddress = info.DirectRemoteAddress,
            DownstreamLocalAddress = info.LocalAddress,
            DownstreamDirectLocalAddress = info.DirectLocalAddress,
            Connection = info,
            Metadata = info.Metadata,
            FilterState = info.FilterState,
            ResponseCodeDetails = details,
            ConnectionTerminationDetails = info.TerminationDetails,
        };
        foreach (IAccessLogger logger in _loggers)
        {
            logger.Log(new FormatContext(stream, null, null, null, now, Worker.Dispatcher.UtcTicks, logType: AccessLogType.NotSet));
        }
    }
}
