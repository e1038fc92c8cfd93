using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.Overload;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// One request/response pair: takes the request from the codec, has it normalised and routed, passes it through the filter chain,
/// and sends the response to the codec. Holds the stream's clocks.
/// </summary>
/// <remarks>
/// Owner: the worker; lent by the <see cref="HttpConnectionManager"/> from the first byte of the request to the end of both
/// directions, released in the closing phase, never inside a call of its own.
/// <code>
///   request:  Idle --headers--> Body --end--> Complete          (dropped once a local reply took over)
///   response: None --headers--> Body --end--> Complete
///   both Complete, or reset --> Ended --closing phase--> back in the pool
/// </code>
/// </remarks>
internal sealed partial class HttpStream : IRequestDecoder, IStreamEvents, ITimerHandler, IReleasable
{
    private readonly HttpConnectionManager _manager;
    private HttpServerConnection? _connection;
    private IResponseEncoder? _encoder;
    private HeaderMap? _requestTrailers;
    private HeaderMap? _responseTrailers;
    private bool _requestComplete;
    private bool _responseStarted;
    private bool _responseComplete;
    private bool _routeFrozen;
    private bool _ended;
    private bool _isHead;

    internal HttpStream(HttpConnectionManager manager, IReadOnlyList<HttpFilterConfig> filters, HttpFilterMaker[] makers)
    {
        _manager = manager;
        TimerWheel timers = manager.Worker.Dispatcher.Timers;
        _timers = new StreamTimers(timers, manager.Overload, this, manager.Config);
        Chain = new HttpFilterChain(this, filters, makers);
    }

    internal WorkerContext Worker => _manager.Worker;

    internal HttpConnectionStats Stats => _manager.Stats;

    internal Connection Connection => _connection!.Connection;

    internal StreamInfo Info { get; } = new();

    internal HttpFilterChain Chain { get; }

    internal HeaderMap? RequestHeaders { get; private set; }

    internal HeaderMap? ResponseHeaders { get; private set; }

    internal Route? Route => Info.Route;

    /// <summary>The cluster chosen with the route; null when none was or the worker has none of that name.</summary>
    internal WorkerCluster? Cluster { get; private set; }

    private readonly StreamTimers _timers;

    /// <summary>Puts the stream into service for a request that begins.</summary>
    internal void Begin(HttpServerConnection connection, IResponseEncoder encoder, HttpProtocol protocol)
    {
        _connection = connection;
        _encoder = encoder;
        encoder.Stream.Events = this;
        Connection downstream = connection.Connection;
        Dispatcher dispatcher = Worker.Dispatcher;
        Info.StartNanos = dispatcher.NowNanos;
        Info.StartUtcTicks = dispatcher.UtcTicks;
        Info.Protocol = protocol;
        Info.Random = dispatcher.Random.NextUInt64();
        Info.ConnectionId = downstream.Id;
        Info.DownstreamLocalAddress = downstream.LocalAddress;
        Info.DownstreamDirectLocalAddress = downstream.LocalAddress;
        Info.DownstreamRemoteAddress = downstream.RemoteAddress;
        Info.DownstreamDirectRemoteAddress = downstream.DirectRemoteAddress;
        Info.Connection = connection.Info;
        Chain.BufferLimit = encoder.Stream.BufferLimit;
        Stats.RqTotal.Inc();
        Stats.RqHttp1Total.Inc();
        Stats.RqActive.Inc();
        _timers.OnBegin();
    }

    /// <inheritdoc/>
    public void OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        RequestHeaders = headers;
        Info.Protocol = _connection!.Protocol;
        Info.RequestHeaderBytes = (uint)headers.ByteSize;
        _isHead = headers.Get(KnownHeader.Method).SequenceEqual("HEAD"u8);
        _timers.OnHeaders();
        if (endStream)
        {
            OnRequestReceived();
        }

        Dispatcher dispatcher = Worker.Dispatcher;
        if (_manager.Overload.Sheds(LoadShedPoint.HttpDecodeHeaders, dispatcher.Random) || _manager.Overload.StopsRequest(dispatcher.Random))
        {
            Fail(new ProxyFailure(FailureKind.Overload));
            return;
        }

        if (!RequestNormalizer.Check(this, headers) || !RequestNormalizer.Apply(this, headers))
        {
            return;
        }

        if (!_manager.Config.Proxy100Continue && headers.Has(KnownHeader.Expect))
        {
            AnswerExpect(headers);
        }

        ResolveRoute();
        if (_manager.Config.LogOnNewRequest)
        {
            WriteLogs(AccessLogType.DownstreamStart);
        }

        Chain.Create(Info.Route);
        if (headers.Has(KnownHeader.Upgrade))
        {
            // No upgrade is configured in this version, so every one is refused as a disallowed one is.
            _connection.GoAwayAfterResponse();
            Fail(new ProxyFailure(FailureKind.UpgradeNotAllowed));
            return;
        }

        Chain.Request.Begin(0, headers, endStream);
    }

    /// <inheritdoc/>
    public void OnRequestData(Buffer data, bool endStream)
    {
        Info.BytesReceived += (ulong)data.Length;
        if (endStream)
        {
            OnRequestReceived();
        }

        if (Chain.Request.Aborted || !Chain.Created)
        {
            data.Clear();
            return;
        }

        _timers.OnActivity();
        Chain.Request.Data(0, data, endStream);
    }

    /// <inheritdoc/>
    public void OnRequestTrailers(HeaderMap trailers)
    {
        _requestTrailers = trailers;
        OnRequestReceived();
        if (!Chain.Request.Aborted && Chain.Created)
        {
            _timers.OnActivity();
            Chain.Request.Trailers(0, trailers);
        }
    }

    /// <inheritdoc/>
    public void OnRequestError(in CodecError error)
    {
        Info.Flags |= FailureTable.Get(FailureKind.DownstreamProtocolError).Flags;
        Info.ConnectionTerminationDetails = error.Reason;
        _connection!.GoAwayAfterResponse();
        if (_responseStarted)
        {
            ResetByUs(error.Details);
            return;
        }

        SendLocalReply(error.Status, HttpStatus.ReasonPhrase(error.Status), error.Details, null, null);
    }

    /// <inheritdoc/>
    public void OnStreamReset(StreamResetReason reason, string? detail)
    {
        if (_ended)
        {
            return;
        }

        Stats.RqRxReset.Inc();
        FailureRow row = FailureTable.Get(
            reason == StreamResetReason.ConnectionTermination ? FailureKind.DownstreamDisconnect : FailureKind.DownstreamReset);
        Info.Flags |= row.Flags;
        Info.ResponseCodeDetails ??= detail ?? row.Details;
        End();
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark()
    {
        Stats.FlowControlPaused.Inc();
        Chain.OnResponseBackedUp(true);
    }

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark()
    {
        Stats.FlowControlResumed.Inc();
        Chain.OnResponseBackedUp(false);
    }

    /// <summary>The connection ended under the stream.</summary>
    internal void OnConnectionClosed(bool remote)
    {
        if (_ended)
        {
            return;
        }

        Stats.RqRxReset.Inc();
        if (remote)
        {
            FailureRow row = FailureTable.Get(FailureKind.DownstreamDisconnect);
            Info.Flags |= row.Flags;
            Info.ResponseCodeDetails ??= row.Details;
        }
        else
        {
            Info.ResponseCodeDetails ??= $"downstream_local_disconnect({Connection.LocalCloseReason})";
        }

        End();
    }

    internal void PauseRequest(bool pause)
    {
        if (_ended || _encoder is null)
        {
            return;
        }

        (pause ? Stats.FlowControlPaused : Stats.FlowControlResumed).Inc();
        _encoder.Stream.ReadDisable(pause);
        _connection!.UpdateReading();
    }

    internal void PauseResponse(bool pause) => Chain.OnResponseBackedUp(pause);

    internal void OnActivity() => _timers.OnActivity();

    internal void ClearRouteCache()
    {
        if (!_routeFrozen)
        {
            ResolveRoute();
        }
    }

    /// <summary>Nothing more can be answered: the response had begun and cannot be completed.</summary>
    internal void ResetByUs(string details)
    {
        if (_ended)
        {
            return;
        }

        Info.ResponseCodeDetails = details;
        Stats.RqTxReset.Inc();
        HttpServerConnection connection = _connection!;
        bool endsWithConnection = Info.Protocol == HttpProtocol.Http10;
        End();
        connection.CloseNow(details, endsWithConnection);
    }

    /// <inheritdoc/>
    public void Release()
    {
        HeaderMapPool maps = Worker.Headers;
        Return(RequestHeaders);
        Return(ResponseHeaders);
        Return(_requestTrailers);
        Return(_responseTrailers);
        Return(_replacedHeaders);
        RequestHeaders = ResponseHeaders = _requestTrailers = _responseTrailers = _replacedHeaders = null;
        Cluster = null;
        _connection = null;
        _encoder = null;
        _bypassSource = _bypassTarget = null;
        _requestComplete = _responseStarted = _responseComplete = false;
        _routeFrozen = _ended = _isHead = _informationalSent = false;
        Info.Reset();
        Chain.Reset();
        _manager.ReturnStream(this);

        void Return(HeaderMap? map)
        {
            if (map is not null)
            {
                maps.Return(map);
            }
        }
    }

    private void OnRequestReceived()
    {
        _requestComplete = true;
        Info.LastDownstreamRxNanos = Worker.Dispatcher.NowNanos;
        _timers.OnRequestComplete();
    }

    private void AnswerExpect(HeaderMap headers)
    {
        if (!headers.Get(KnownHeader.Expect).SequenceEqual("100-continue"u8))
        {
            return;
        }

        headers.Remove(KnownHeader.Expect);
        HeaderMap interim = Worker.Headers.Rent();
        interim.SetStatus(100);
        _encoder!.EncodeInformational(interim);
        Worker.Headers.Return(interim);
    }

    private void ResolveRoute()
    {
        var input = new RouteInput(RequestHeaders!, Info);
        Route? route = _manager.Routes.Match(input);
        Info.Route = route;
        Info.Cluster = null;
        Cluster = null;
        if (route?.Action is { } action)
        {
            ClusterChoice choice = action.ChooseCluster(input);
            Cluster = choice.Ref is { } known ? Worker.Clusters.Find(known) : Worker.Clusters.Find(choice.Name);
            Info.Cluster = Cluster?.Info;
            _timers.OnRoute(action.IdleTimeoutNanos);
        }
    }

    /// <summary>The stream is over. What it holds goes back in the closing phase; until then late calls find it aborted.</summary>
    private void End()
    {
        _ended = true;
        Info.EndNanos = Worker.Dispatcher.NowNanos;
        _timers.Disarm();
        if (_encoder is { } encoder)
        {
            encoder.Stream.Events = null;
        }

        Stats.RqActive.Dec();
        if (_responseComplete)
        {
            Stats.RqTime.Record((ulong)((Info.EndNanos - Info.StartNanos) / 1_000_000));
        }

        if (Chain.Created)
        {
            Chain.OnComplete();
        }

        WriteLogs(AccessLogType.DownstreamEnd);
        Chain.Destroy();
        _connection!.OnStreamEnded(this);
        Worker.Dispatcher.DeferRelease(this);
    }

    private void WriteLogs(AccessLogType type)
    {
        IAccessLogger[] loggers = _manager.Loggers;
        if (loggers.Length == 0)
        {
            return;
        }

        FormatContext context = MakeFormatContext(type);
        foreach (IAccessLogger logger in loggers)
        {
            logger.Log(context);
        }
    }

    internal FormatContext MakeFormatContext(AccessLogType type = AccessLogType.NotSet, ReadOnlySpan<byte> localReplyBody = default) =>
        new(Info, RequestHeaders, ResponseHeaders, _responseTrailers, Worker.Dispatcher.NowNanos, Worker.Dispatcher.UtcTicks, localReplyBody, type);
}
