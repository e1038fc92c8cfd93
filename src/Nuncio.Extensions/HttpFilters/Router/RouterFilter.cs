using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Logging;
using Nuncio.Core.Overload;
using Nuncio.Core.Pools;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Bytes = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>
/// The terminal filter: does what the route says. Forwards the request to a host of the route's cluster and the response back,
/// or answers by redirect or direct response, or says why it cannot.
/// </summary>
/// <remarks>
/// Owner: the stream's worker; reused from stream to stream. It decides; the exchange with the host is <see cref="UpstreamRequest"/>'s.
/// <code>
///   Idle --headers--> Answered (no route, redirect, direct response, no cluster, no host)
///                 '--> Forwarding --response headers--> Responding --end--> Done
///                          |  reset before headers: local reply, or once more on a fresh connection
///                          '- route timeout: 504
/// </code>
/// </remarks>
internal sealed class RouterFilter : HttpFilter, ITimerHandler
{
    private readonly RouterMaker _maker;
    private readonly UpstreamRequest _upstream;
    private const int RouteTimer = 0;
    private const int MaxDurationTimer = 1;
    private const int LogFlushTimer = 2;

    private readonly Timer _timeout;
    private Timer? _maxDuration;
    private Timer? _logFlush;
    private WorkerCluster? _cluster;
    private Route? _route;
    private HeaderMap? _headers;
    private Action<HeaderMap, object?>? _modify;
    private long _timeoutNanos;
    private bool _requestComplete;
    private bool _responding;
    private bool _resent;
    private bool _isGrpc;
    private bool _hasLocation;

    internal RouterFilter(RouterMaker maker)
    {
        _maker = maker;
        _upstream = new UpstreamRequest(this, maker.Worker);
        _timeout = new Timer(maker.Worker.Dispatcher.Timers, this, RouteTimer);
    }

    internal StreamInfo Info => Callbacks.Info;

    internal WorkerCluster Cluster => _cluster!;

    internal bool IsRequestComplete => _requestComplete;

    private ComponentLog Log => _maker.Worker.Logs.Router;

    private Action<HeaderMap, object?> Modify => _modify ??= (headers, _) => OnLocalReplyHeaders(headers);

    /// <inheritdoc/>
    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _headers = headers;
        _requestComplete = endStream;
        _route = Callbacks.Route;
        Callbacks.HttpStats.RouterRqTotal.Inc();
        if (_route is null)
        {
            Log.Debug(CoreEvents.NoRoute, $"[C{Info.ConnectionId}] no route for {headers.Get(KnownHeader.Authority)}{headers.Get(KnownHeader.Path)}");
            Callbacks.Fail(new ProxyFailure(FailureKind.NoRoute));
            return HeadersStatus.StopIteration;
        }

        if (_route.Action is not { } action)
        {
            Answer(_route);
            return HeadersStatus.StopIteration;
        }

        _cluster = Callbacks.Cluster;
        if (_cluster is null)
        {
            Log.Debug(
                CoreEvents.NoCluster, $"[C{Info.ConnectionId}] no cluster '{action.Cluster?.Name}' for {headers.Get(KnownHeader.Path)}");
            FailNoCluster(action);
            return HeadersStatus.StopIteration;
        }

        Log.Debug(
            CoreEvents.ClusterChosen, $"[C{Info.ConnectionId}] cluster '{_cluster.Info.Name}' for {headers.Get(KnownHeader.Path)}");
        if (_maker.StrictHeaders.FindInvalid(headers) is { } invalid)
        {
            FailStrictCheck(headers, invalid);
            return HeadersStatus.StopIteration;
        }

        if (_maker.Worker.Overload.Sheds(LoadShedPoint.HttpDownstreamFilterCheck, _maker.Worker.Dispatcher.Random))
        {
            FailureRow overload = FailureTable.Get(FailureKind.Overload);
            Callbacks.SendLocalReply(overload.Status, overload.BodyUtf8, overload.Details, Modify);
            Callbacks.HttpStats.RqOverloadLocalReply.Inc();
            return HeadersStatus.StopIteration;
        }

        _isGrpc = _maker.Config.SuppressGrpcCodeStats && GrpcContent.Is(headers);
        _timeoutNanos = RequestTimeout.Take(headers, action, _maker.Config);
        if (!Forward(action, headers, endStream))
        {
            return HeadersStatus.StopIteration;
        }

        if (endStream)
        {
            OnRequestReceived();
        }

        return HeadersStatus.StopIteration;
    }

    /// <inheritdoc/>
    public override DataStatus OnRequestData(Bytes data, bool endStream)
    {
        if (_cluster is not null)
        {
            _upstream.EncodeData(data, endStream);
            if (endStream)
            {
                OnRequestReceived();
            }
        }

        return DataStatus.StopIterationNoBuffer;
    }

    /// <inheritdoc/>
    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (_cluster is not null)
        {
            _upstream.EncodeTrailers(trailers);
            OnRequestReceived();
        }

        return TrailersStatus.StopIteration;
    }

    /// <inheritdoc/>
    public override void OnLocalReply(int status, string details)
    {
        // Whoever answers in the host's place: what the host says is not wanted any more, even while a filter holds the reply back.
        DisarmTimers();
        if (_cluster is not null)
        {
            _upstream.Cancel();
        }
    }

    /// <inheritdoc/>
    public override void OnResponseAboveHighWatermark() => _upstream.PauseResponse(true);

    /// <inheritdoc/>
    public override void OnResponseBelowLowWatermark() => _upstream.PauseResponse(false);

    /// <inheritdoc/>
    public override void OnDestroy()
    {
        DisarmTimers();
        _upstream.Cancel();
        WriteUpstreamLogs(AccessLogType.UpstreamEnd);
        _cluster = null;
        _route = null;
        _headers = null;
        _requestComplete = _responding = _resent = _isGrpc = _hasLocation = false;
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (timer.Tag == LogFlushTimer)
        {
            WriteUpstreamLogs(AccessLogType.UpstreamPeriodic);
            timer.Arm(_maker.Config.UpstreamLogFlushIntervalNanos);
            return;
        }

        if (timer.Tag == MaxDurationTimer)
        {
            _cluster!.Stats.RqMaxDurationReached.Inc();
            Fail(new ProxyFailure(FailureKind.UpstreamMaxStreamDuration));
            return;
        }

        _cluster!.Stats.RqTimeout.Inc();
        _upstream.OnTimeout();
        Fail(new ProxyFailure(FailureKind.RouteTimeout));
    }

    /// <summary>The request has a connection: the cluster's limit of a stream's life begins.</summary>
    internal void OnUpstreamStarted()
    {
        long limit = _cluster!.Info.MaxStreamDurationNanos;
        if (limit > 0)
        {
            _maxDuration ??= new Timer(_maker.Worker.Dispatcher.Timers, this, MaxDurationTimer);
            _maxDuration.Arm(limit);
        }

        if (_maker.Config.LogOnUpstreamStream)
        {
            WriteUpstreamLogs(AccessLogType.UpstreamPoolReady);
        }
    }

    /// <summary>Interim response from the host.</summary>
    internal void OnUpstreamInformational(HeaderMap headers) => Callbacks.EncodeInformational(headers);

    /// <summary>The response began.</summary>
    internal void OnUpstreamHeaders(HeaderMap headers, bool endStream)
    {
        _responding = true;
        if (_requestComplete && !_maker.Config.SuppressEnvoyHeaders)
        {
            long millis = (_maker.Worker.Dispatcher.NowNanos - Info.LastDownstreamRxNanos) / 1_000_000;
            headers.SetNumber(KnownHeader.XEnvoyUpstreamServiceTime, millis);
        }

        Info.ResponseCodeDetails = "via_upstream";
        ApplyResponseHeaders(headers);
        if (endStream)
        {
            DisarmTimers();
        }

        Callbacks.EncodeHeaders(headers, endStream);
    }

    /// <summary>A piece of the response body.</summary>
    internal void OnUpstreamData(Bytes data, bool endStream)
    {
        if (endStream)
        {
            DisarmTimers();
        }

        Callbacks.EncodeData(data, endStream);
    }

    /// <summary>The rest of the body may go past us.</summary>
    internal void TryBypassResponse(Connection source, IBodyBypass body) => Callbacks.TryBypassResponse(source, body);

    /// <summary>The response ended with trailers.</summary>
    internal void OnUpstreamTrailers(HeaderMap trailers)
    {
        DisarmTimers();
        Callbacks.EncodeTrailers(trailers);
    }

    /// <summary>The host's connection takes less than the client sends, or again more.</summary>
    internal void PauseRequest(bool pause)
    {
        if (pause)
        {
            Callbacks.PauseRequest();
        }
        else
        {
            Callbacks.ResumeRequest();
        }
    }

    /// <summary>The exchange failed; before the response began the client is told, afterwards only a reset is left.</summary>
    internal void OnUpstreamReset(FailureKind kind, string? transportFailure = null)
    {
        Info.UpstreamTransportFailureReason = transportFailure;
        Fail(new ProxyFailure(kind, transportFailure));
    }

    /// <summary>Sends the request once more, because the reused connection it was given to had died already. False when it may not be.</summary>
    internal bool TryResend()
    {
        if (_resent || _responding || _headers is not { } headers)
        {
            return false;
        }

        bool safe = (_maker.Config.ResendNonIdempotent?.GetBoolean(false) ?? false) || !_upstream.WasAnythingSent || IsIdempotent(headers.Get(KnownHeader.Method));
        if (!safe || !_upstream.IsBodyIntact)
        {
            return false;
        }

        _resent = true;
        Info.AttemptCount++;
        _upstream.Resend(headers);
        return true;
    }

    /// <summary>A filter removed what the codec needs.</summary>
    internal void OnMissingHeader(string missing) => Fail(new ProxyFailure(FailureKind.MissingRequestHeader, missing));

    /// <summary>RFC 9110 section 9.2.2.</summary>
    private static bool IsIdempotent(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("PUT"u8)
        || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("TRACE"u8);

    private bool Forward(RouteAction action, HeaderMap headers, bool endStream)
    {
        FormatContext context = Context();
        _route!.ApplyRequestHeaders(headers, context, _maker.Scratch, !_maker.Config.SuppressEnvoyHeaders);
        Host? host = _cluster!.ChooseHost(new LoadBalancerContext(Info, headers));
        if (host is null)
        {
            _cluster!.Stats.CxNoneHealthy.Inc();
            Fail(new ProxyFailure(FailureKind.NoHealthyUpstream));
            return false;
        }

        if (action.AutoHostRewrite)
        {
            action.RewriteHostTo(headers, host.HostnameUtf8, !_maker.Config.SuppressEnvoyHeaders);
        }

        if (_timeoutNanos > 0 && !_maker.Config.SuppressEnvoyHeaders)
        {
            headers.SetNumber(KnownHeader.XEnvoyExpectedRqTimeoutMs, _timeoutNanos / 1_000_000);
        }

        if (Callbacks.SchemeMatchesUpstream)
        {
            // The transports of this version's upstreams are all plain.
            headers.Set(KnownHeader.Scheme, "http"u8);
        }

        Info.UpstreamHost = host;
        Info.AttemptCount = 1;
        if (_maker.Config.UpstreamLogFlushIntervalNanos > 0 && _maker.UpstreamLoggers.Length > 0)
        {
            _logFlush ??= new Timer(_maker.Worker.Dispatcher.Timers, this, LogFlushTimer);
            _logFlush.Arm(_maker.Config.UpstreamLogFlushIntervalNanos);
        }

        return _upstream.Start(host, (ResourcePriority)action.Priority, headers, endStream);
    }

    private FormatContext Context() => new(
        Info, _headers, Callbacks.ResponseHeaders, null, _maker.Worker.Dispatcher.NowNanos, _maker.Worker.Dispatcher.UtcTicks);

    private void DisarmTimers()
    {
        _timeout.Disarm();
        _maxDuration?.Disarm();
        _logFlush?.Disarm();
    }

    private void OnRequestReceived()
    {
        if (_cluster is null)
        {
            return; // Sending the last piece failed and ended the stream.
        }

        _requestComplete = true;
        if (_timeoutNanos > 0 && _upstream.IsActive)
        {
            _timeout.Arm(_timeoutNanos);
        }
    }

    private void Answer(Route route)
    {
        Callbacks.HttpStats.RqDirectResponse.Inc();
        _maker.Location.Clear();
        _hasLocation = route.TryBuildLocation(_headers!, _maker.Location, !_maker.Config.SuppressEnvoyHeaders);
        int status = route.Redirect?.Status ?? route.DirectResponse?.Status ?? 500;
        ReadOnlySpan<byte> body = route.DirectResponse is { } direct ? DirectBody(direct) : default;
        Callbacks.SendLocalReply(status, body, "direct_response", AnswerHeaders, this);
    }

    private static void AnswerHeaders(HeaderMap headers, object? state)
    {
        var filter = (RouterFilter)state!;
        if (filter._hasLocation)
        {
            headers.Set(KnownHeader.Location, filter._maker.Location.Written);
        }

        if (filter._route?.DirectResponse?.ContentType is { } type)
        {
            headers.Set(KnownHeader.ContentType, type);
        }

        filter.ApplyResponseHeaders(headers);
    }

    private ReadOnlySpan<byte> DirectBody(DirectResponseAction direct)
    {
        if (direct.BodyFormat is null)
        {
            return direct.Body;
        }

        ByteWriter text = _maker.DirectBody;
        text.Clear();
        direct.BodyFormat.Format(
            new FormatContext(
                Info, _headers, null, null, _maker.Worker.Dispatcher.NowNanos, _maker.Worker.Dispatcher.UtcTicks, direct.Body),
            text);
        return text.Written;
    }

    private void OnLocalReplyHeaders(HeaderMap headers)
    {
        if (_maker.Config.SuppressEnvoyHeaders)
        {
            headers.Remove(KnownHeader.XEnvoyOverloaded);
        }

        ApplyResponseHeaders(headers);
    }

    private void ApplyResponseHeaders(HeaderMap headers)
    {
        _route?.ApplyResponseHeaders(
            headers,
            new FormatContext(Info, _headers, headers, null, _maker.Worker.Dispatcher.NowNanos, _maker.Worker.Dispatcher.UtcTicks),
            _maker.Scratch);
    }

    private void FailNoCluster(RouteAction action)
    {
        var failure = new ProxyFailure(FailureKind.NoCluster);
        if (action.ClusterNotFoundStatus == failure.Row.Status)
        {
            Callbacks.Fail(failure, Modify);
            return;
        }

        // The route may ask for another status than the table's.
        Info.Flags |= failure.Row.Flags;
        Callbacks.HttpStats.Failures.Count(failure.Kind);
        Callbacks.SendLocalReply(action.ClusterNotFoundStatus, default, failure.Row.Details, Modify);
    }

    private void Fail(in ProxyFailure failure)
    {
        Log.Debug(
            CoreEvents.UpstreamFailed,
            $"[C{Info.ConnectionId}] cluster '{_cluster?.Info.Name}' failed: {failure.Row.Details} {failure.Detail}");
        DisarmTimers();
        _upstream.Cancel();
        if (_responding)
        {
            Callbacks.HttpStats.RqResetAfterResponseStarted.Inc();
        }
        else
        {
            ChargeResponse(failure.Row.StatusFor(_requestComplete));
        }

        Callbacks.Fail(failure, Modify);
    }

    /// <summary>Counts a response of the cluster, or a failure that stands for one.</summary>
    internal void ChargeResponse(int status)
    {
        if (!_maker.Config.DynamicStats)
        {
            return;
        }

        ClusterStats stats = _cluster!.Stats;
        if (_isGrpc)
        {
            stats.Responses.ChargeWithoutCode();
        }
        else
        {
            stats.Responses.Charge(status);
        }

        bool isInternal = _headers is { } headers && headers.Get(KnownHeader.XEnvoyInternal).SequenceEqual("true"u8);
        (isInternal ? stats.InternalResponses : stats.ExternalResponses).Charge(status);
    }

    private void FailStrictCheck(HeaderMap headers, string name)
    {
        var failure = new ProxyFailure(FailureKind.StrictHeaderCheck, name);
        headers.TryGet(System.Text.Encoding.ASCII.GetBytes(name), out ReadOnlySpan<byte> value);
        string body = $"invalid header '{name}' with value '{System.Text.Encoding.Latin1.GetString(value)}'";
        Info.Flags |= failure.Row.Flags;
        Callbacks.SendLocalReply(failure.Row.Status, System.Text.Encoding.Latin1.GetBytes(body), FailureText.Details(failure), Modify);
    }

    private void WriteUpstreamLogs(AccessLogType type)
    {
        if (_maker.UpstreamLoggers.Length == 0 || Info.AttemptCount == 0)
        {
            return;
        }

        var context = new FormatContext(
            Info,
            _headers,
            Callbacks.ResponseHeaders,
            null,
            _maker.Worker.Dispatcher.NowNanos,
            _maker.Worker.Dispatcher.UtcTicks,
            logType: type);
        foreach (IAccessLogger logger in _maker.UpstreamLoggers)
        {
            logger.Log(context);
        }
    }
}
