using Nuncio.Core.Overload;
using Nuncio.IO.Timers;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// The clocks of one stream: idle, whole request, request headers, whole stream. Those that are not configured are not made.
/// Owner: the stream.
/// </summary>
internal sealed class StreamTimers
{
    internal const int Idle = 0;
    internal const int Request = 1;
    internal const int Headers = 2;
    internal const int MaxDuration = 3;
    internal const int LogFlush = 4;

    private readonly TimerWheel _wheel;
    private readonly ITimerHandler _handler;
    private readonly HttpConnectionManagerConfig _config;
    private readonly Timer? _request;
    private readonly Timer? _headers;
    private readonly Timer? _maxDuration;
    private readonly Timer? _logFlush;
    private readonly WorkerOverload _overload;
    private ScaledTimer _idle;
    private long _idleNanos;

    internal StreamTimers(TimerWheel wheel, WorkerOverload overload, ITimerHandler handler, HttpConnectionManagerConfig config)
    {
        _wheel = wheel;
        _overload = overload;
        _handler = handler;
        _config = config;
        _idle = config.StreamIdleTimeoutNanos > 0 ? MakeIdle() : default;
        _request = Make(config.RequestTimeoutNanos, Request);
        _headers = Make(config.RequestHeadersTimeoutNanos, Headers);
        _maxDuration = Make(config.MaxStreamDurationNanos, MaxDuration);
        _logFlush = Make(config.LogFlushIntervalNanos, LogFlush);
    }

    internal void OnBegin()
    {
        _idleNanos = _config.StreamIdleTimeoutNanos;
        OnActivity();
        _request?.Arm(_config.RequestTimeoutNanos);
        _headers?.Arm(_config.RequestHeadersTimeoutNanos);
        _maxDuration?.Arm(_config.MaxStreamDurationNanos);
        RearmLogFlush();
    }

    internal void OnHeaders() => _headers?.Disarm();

    internal void OnRequestComplete() => _request?.Disarm();

    /// <summary>The route may have an idle time of its own; 0 switches it off.</summary>
    internal void OnRoute(long? idleNanos)
    {
        if (idleNanos is not { } nanos)
        {
            return;
        }

        _idleNanos = nanos;
        if (nanos == 0)
        {
            _idle.Disarm();
        }
        else
        {
            _idle = _idle.IsSome ? _idle : MakeIdle();
            OnActivity();
        }
    }

    internal void OnActivity()
    {
        if (_idleNanos > 0)
        {
            _idle.Arm(_idleNanos);
        }
    }

    internal void RearmLogFlush() => _logFlush?.Arm(_config.LogFlushIntervalNanos);

    internal void Disarm()
    {
        _idleNanos = 0;
        _idle.Disarm();
        _request?.Disarm();
        _headers?.Disarm();
        _maxDuration?.Disarm();
        _logFlush?.Disarm();
    }

    private ScaledTimer MakeIdle() => _overload.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, _handler, Idle);

    private Timer? Make(long nanos, int tag) => nanos > 0 ? new Timer(_wheel, _handler, tag) : null;
}
