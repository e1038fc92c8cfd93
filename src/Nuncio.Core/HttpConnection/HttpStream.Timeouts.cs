using Nuncio.Core.AccessLog;
using Nuncio.Core.Failures;
using Nuncio.IO.Timers;

namespace Nuncio.Core.HttpConnection;

/// <content>What happens when a clock of the stream runs out.</content>
internal sealed partial class HttpStream
{
    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        switch (timer.Tag)
        {
            case StreamTimers.Idle:
                EndByTimeout(FailureKind.StreamIdleTimeout);
                break;
            case StreamTimers.Request:
                EndByTimeout(FailureKind.RequestTimeout);
                break;
            case StreamTimers.Headers:
                EndByTimeout(FailureKind.RequestHeaderTimeout);
                break;
            case StreamTimers.MaxDuration:
                EndByTimeout(FailureKind.MaxStreamDuration);
                break;
            default:
                WriteLogs(AccessLogType.DownstreamPeriodic);
                _timers.RearmLogFlush();
                break;
        }
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => OnTimerFailed();

    private void EndByTimeout(FailureKind kind)
    {
        if (!_requestComplete)
        {
            _connection!.GoAwayAfterResponse();
        }

        Fail(new ProxyFailure(kind));
    }
}
