using Nuncio.Base.Buffers;
using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Overload;
using Nuncio.Core.Routing;
using Nuncio.Http.Http1;
using Nuncio.IO.Network;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// One configured HTTP connection manager on one worker: what its connections share. Makes a <see cref="HttpServerConnection"/>
/// for each connection and lends it streams.
/// </summary>
/// <remarks>Owner: the worker. Made when the listener is published to it, ends with the last connection that uses it.</remarks>
public sealed class HttpConnectionManager : NetworkFilterMaker
{
    /// <summary>Streams kept for reuse; what a burst makes beyond it is garbage.</summary>
    private const int MaxPooledStreams = 256;

    private readonly HttpFilterMaker[] _makers;
    private readonly Stack<HttpStream> _streams = new();

    /// <summary>Called on the worker when its listener is published.</summary>
    public HttpConnectionManager(HttpConnectionManagerConfig config, WorkerContext worker, ListenerContext listener)
    {
        Config = config;
        Worker = worker;
        Listener = listener;
        Overload = listener.BypassesOverload ? WorkerOverload.Bypass(worker.Dispatcher) : worker.Overload;
        StatScope http = worker.Stats.SubScope("http." + config.StatPrefix);
        Stats = new HttpConnectionStats(http, listener.Scope.SubScope("http." + config.StatPrefix));
        CodecStats = new Http1Stats(worker.Stats.SubScope("http1"));
        ConnectionStats = new ConnectionStats
        {
            ReadTotal = Stats.CxRxBytesTotal,
            ReadCurrent = Stats.CxRxBytesBuffered,
            WriteTotal = Stats.CxTxBytesTotal,
            WriteCurrent = Stats.CxTxBytesBuffered,
            DelayedCloseTimeouts = Stats.CxDelayedCloseTimeout,
        };
        Date = new DateHeader(worker.Dispatcher);
        RequestIds = new RequestIdGenerator(worker.Dispatcher.Random);
        Loggers = new IAccessLogger[config.AccessLogs.Count];
        for (int i = 0; i < Loggers.Length; i++)
        {
            Loggers[i] = config.AccessLogs[i].CreateForWorker(worker);
        }

        _makers = new HttpFilterMaker[config.Filters.Count];
        for (int i = 0; i < _makers.Length; i++)
        {
            _makers[i] = config.Filters[i].Provider.CreateForWorker(worker, http);
        }
    }

    internal HttpConnectionManagerConfig Config { get; }

    /// <summary>What load is taken.</summary>
    internal WorkerOverload Overload { get; }

    internal WorkerContext Worker { get; }

    internal ListenerContext Listener { get; }

    internal HttpConnectionStats Stats { get; }

    internal Http1Stats CodecStats { get; }

    internal ConnectionStats ConnectionStats { get; }

    /// <summary>Text of a failure's body while its reply is made.</summary>
    internal ByteWriter FailureBody { get; } = new();

    internal DateHeader Date { get; }

    internal RequestIdGenerator RequestIds { get; }

    internal IAccessLogger[] Loggers { get; }

    /// <summary>Scratch text of the present call; nobody keeps it across calls.</summary>
    internal ByteWriter Scratch { get; } = new();

    /// <summary>The routes new requests use. Replaced between events when they change.</summary>
    internal RouteTable Routes => Config.Routes;

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new HttpServerConnection(this, connection, accepted));

    internal HttpStream RentStream() =>
        _streams.TryPop(out HttpStream? stream) ? stream : new HttpStream(this, Config.Filters, _makers);

    internal void ReturnStream(HttpStream stream)
    {
        if (_streams.Count < MaxPooledStreams)
        {
            _streams.Push(stream);
        }
    }
}
