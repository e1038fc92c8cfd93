using System.Diagnostics;
using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.Pools;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Bytes = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>
/// The exchange of one request with one host: waits for a pooled connection, sends what the router gives it, hands back what
/// comes. Owner: its router filter.
/// </summary>
/// <remarks>
/// <code>
///   Idle --Start--> Waiting --pool ready--> Sending/Receiving --response ends--> Idle
///                      '--pool failure--.        '--reset--.
///                                       '------------------+--> Idle, the router is told
/// </code>
/// </remarks>
internal sealed class UpstreamRequest : IResponseDecoder, IStreamEvents, IPoolCallbacks
{
    private readonly RouterFilter _router;
    private readonly WorkerContext _worker;
    private readonly Bytes _body;
    private Watermark _bodyMark;
    private PendingStream? _pending;
    private IRequestEncoder? _encoder;
    private Connection? _connection;
    private Host? _host;
    private HeaderMap? _headers;
    private HeaderMap? _trailers;
    private ResourcePriority _priority;
    private ulong _sentBefore;
    private ulong _receivedBefore;
    private long _startNanos;
    private int _pausedBeforeReady;
    private bool _endStream;
    private bool _reused;
    private bool _bodySent;
    private bool _requestPaused;
    private bool _responseBegun;
    private bool _starting;
    private bool _failedAtStart;

    internal UpstreamRequest(RouterFilter router, WorkerContext worker)
    {
        _router = router;
        _worker = worker;
        _body = new Bytes(worker.Dispatcher.Blocks);
    }

    /// <summary>Whether an exchange is under way.</summary>
    internal bool IsActive { get; private set; }

    /// <summary>Whether a byte of the request left this process.</summary>
    internal bool WasAnythingSent => _connection is { } connection && connection.BytesSent != _sentBefore;

    /// <summary>Whether nothing of the body was given to the connection that failed.</summary>
    internal bool IsBodyIntact => !_bodySent;

    /// <summary>Begins. False when it failed at once; the router was told then.</summary>
    internal bool Start(Host host, ResourcePriority priority, HeaderMap headers, bool endStream)
    {
        _host = host;
        _priority = priority;
        _headers = headers;
        _endStream = endStream;
        _startNanos = _worker.Dispatcher.NowNanos;
        _bodyMark = new Watermark(_router.Cluster.Info.PerConnectionBufferLimit);
        IsActive = true;
        return Open();
    }

    /// <summary>The same once more on a connection that never carried a request.</summary>
    internal void Resend(HeaderMap headers)
    {
        _headers = headers;
        _pausedBeforeReady = 0;
        IsActive = true;
        Open(fresh: true);
    }

    internal void EncodeData(Bytes data, bool endStream)
    {
        _endStream = endStream;
        if (!IsActive)
        {
            data.Clear();
            return;
        }

        if (_encoder is { } encoder)
        {
            _bodySent |= !data.IsEmpty;
            encoder.EncodeData(data, endStream);
            if (endStream)
            {
                OnRequestSent();
            }

            return;
        }

        data.MoveTo(_body);
        if (_bodyMark.Update(_body.Length) == Watermark.Crossing.Above)
        {
            PauseRequest(true);
        }
    }

    internal void EncodeTrailers(HeaderMap trailers)
    {
        _endStream = true;
        _trailers = trailers;
        if (IsActive && _encoder is { } encoder)
        {
            encoder.EncodeTrailers(trailers);
            OnRequestSent();
        }
    }

    /// <summary>The client takes less than the host sends, or again more.</summary>
    internal void PauseResponse(bool pause)
    {
        if (!IsActive)
        {
            return;
        }

        ClusterStats stats = _router.Cluster.Stats;
        (pause ? stats.FlowControlPausedReading : stats.FlowControlResumedReading).Inc();
        if (_encoder is { } encoder)
        {
            encoder.Stream.ReadDisable(pause);
        }
        else
        {
            _pausedBeforeReady += pause ? 1 : -1;
        }
    }

    internal void OnTimeout()
    {
        if (_host is { } host)
        {
            host.StatsOf(_worker.Dispatcher.Index).RqTimeout++;
        }
    }

    /// <summary>Ends the exchange without telling the router, and forgets everything.</summary>
    internal void Cancel()
    {
        if (IsActive)
        {
            _pending?.Cancel();
            if (_encoder is { } encoder)
            {
                _router.Cluster.Stats.RqTxReset.Inc();
                encoder.Stream.Events = null;
                encoder.Stream.Reset(StreamResetReason.LocalReset);
            }
        }

        Forget();
        _body.Clear();
        _connection = null;
        _host = null;
        _trailers = null;
        _bodySent = _endStream = false;
    }

    /// <inheritdoc/>
    public void OnPoolReady(IRequestEncoder encoder, Connection upstream, Host host, HttpProtocol protocol, bool reusedConnection)
    {
        _pending = null;
        _encoder = encoder;
        _connection = upstream;
        _reused = reusedConnection;
        _sentBefore = upstream.BytesSent;
        _receivedBefore = upstream.BytesReceived;
        encoder.Stream.Events = this;
        StreamInfo info = _router.Info;
        long now = _worker.Dispatcher.NowNanos;
        info.PoolReadyNanos = now - _startNanos;
        info.FirstUpstreamTxNanos = now;
        info.UpstreamProtocol = protocol;
        info.UpstreamConnectionId = upstream.Id;
        info.UpstreamLocalAddress = upstream.LocalAddress;
        info.UpstreamRemoteAddress = upstream.RemoteAddress;
        info.UpstreamHost = host;
        _router.OnUpstreamStarted();
        for (; _pausedBeforeReady > 0; _pausedBeforeReady--)
        {
            encoder.Stream.ReadDisable(true);
        }

        bool endWithHeaders = _endStream && _body.IsEmpty && _trailers is null;
        if (!encoder.EncodeHeaders(_headers!, endWithHeaders, out string? missing))
        {
            _router.OnMissingHeader(missing!);
            return;
        }

        if (endWithHeaders)
        {
            OnRequestSent();
            return;
        }

        SendHeldBody(encoder);
    }

    /// <inheritdoc/>
    public void OnPoolFailure(PoolFailureReason reason, string? transportFailureReason, Host host)
    {
        _pending = null;
        _failedAtStart = _starting;
        Forget();
        _router.OnUpstreamReset(FailureTable.FromPool(reason), transportFailureReason);
    }

    /// <inheritdoc/>
    public void OnInformational(HeaderMap headers) => _router.OnUpstreamInformational(headers);

    /// <inheritdoc/>
    public void OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        _responseBegun = true;
        StreamInfo info = _router.Info;
        long now = _worker.Dispatcher.NowNanos;
        info.FirstUpstreamRxNanos = now;
        int status = headers.GetStatus();
        _router.ChargeResponse(status);
        HostStats hostStats = _host!.StatsOf(_worker.Dispatcher.Index);
        if (status >= 500)
        {
            hostStats.RqError++;
        }
        else
        {
            hostStats.RqSuccess++;
        }

        if (endStream)
        {
            OnResponseReceived();
        }

        _router.OnUpstreamHeaders(headers, endStream);
    }

    /// <inheritdoc/>
    public void OnResponseData(Bytes data, bool endStream)
    {
        if (endStream)
        {
            OnResponseReceived();
        }

        _router.OnUpstreamData(data, endStream);
        if (!endStream && _encoder?.Stream is IBodyBypass body)
        {
            _router.TryBypassResponse(_connection!, body);
        }
    }

    /// <inheritdoc/>
    public void OnResponseTrailers(HeaderMap trailers)
    {
        OnResponseReceived();
        _router.OnUpstreamTrailers(trailers);
    }

    /// <inheritdoc/>
    public void OnStreamReset(StreamResetReason reason, string? detail)
    {
        FailureKind kind = FailureTable.FromReset(reason);
        bool mayBeStale = FailureTable.Get(kind).Retry == RetryClass.IfConnectionWasReused;
        bool silent = !_responseBegun && _connection is { } connection && connection.BytesReceived == _receivedBefore;
        bool wasReused = _reused;
        _router.Cluster.Stats.RqRxReset.Inc();
        string? transport = _connection?.TransportFailureReason;
        Forget();
        if (mayBeStale && wasReused && silent && _router.TryResend())
        {
            return;
        }

        _host!.StatsOf(_worker.Dispatcher.Index).RqError++;

        // What the codec says of broken bytes is not the transport's word; Envoy tells it to nobody.
        _router.OnUpstreamReset(kind, transport);
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark()
    {
        _router.Cluster.Stats.FlowControlBackedUp.Inc();
        PauseRequest(true);
    }

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark()
    {
        _router.Cluster.Stats.FlowControlDrained.Inc();
        PauseRequest(false);
    }

    private bool Open(bool fresh = false)
    {
        _failedAtStart = false;
        _starting = true;
        _pending = _router.Cluster.HttpPool(_host!, _priority, UpstreamSocketOptions.Of(_router.Info)).NewStream(this, this, fresh);
        _starting = false;
        if (_encoder is not null || _failedAtStart)
        {
            _pending = null;
        }

        return !_failedAtStart;
    }

    private void SendHeldBody(IRequestEncoder encoder)
    {
        if (!_body.IsEmpty)
        {
            _bodySent = true;
            encoder.EncodeData(_body, _endStream && _trailers is null);
            if (_bodyMark.Update(0) == Watermark.Crossing.Below)
            {
                PauseRequest(false);
            }
        }

        if (_trailers is { } trailers)
        {
            encoder.EncodeTrailers(trailers);
        }

        if (_endStream)
        {
            OnRequestSent();
        }
    }

    private void OnRequestSent() => _router.Info.LastUpstreamTxNanos = _worker.Dispatcher.NowNanos;

    /// <summary>The response is whole. A request that is not cannot be of use to the host any more.</summary>
    private void OnResponseReceived()
    {
        StreamInfo info = _router.Info;
        long now = _worker.Dispatcher.NowNanos;
        info.LastUpstreamRxNanos = now;
        if (_endStream)
        {
            _router.Cluster.Stats.RqTime.Record((ulong)((now - info.LastDownstreamRxNanos) / 1_000_000));
        }
        else if (_encoder is { } encoder)
        {
            encoder.Stream.Events = null;
            encoder.Stream.Reset(StreamResetReason.LocalReset);
        }

        Forget();
    }

    private void PauseRequest(bool pause)
    {
        if (_requestPaused != pause)
        {
            _requestPaused = pause;
            _router.PauseRequest(pause);
        }
    }

    /// <summary>Lets go of the stream; what a resend or the router's last questions need stays.</summary>
    private void Forget()
    {
        Debug.Assert(_pending is null || IsActive);
        if (_encoder is { } encoder)
        {
            encoder.Stream.Events = null;
        }

        PauseRequest(false);
        _pending = null;
        _encoder = null;
        _headers = null;
        IsActive = _reused = _responseBegun = false;
        _pausedBeforeReady = 0;
    }
}
