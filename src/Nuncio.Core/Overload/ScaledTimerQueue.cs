using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// Timers of which the same time is left to pass, in the order they came, so that only the first needs a place in the wheel and a
/// change of the load costs one re-arming, however many wait.
/// </summary>
/// <remarks>Owner: the worker's <see cref="ScaledTimers"/>. Invariant: <see cref="ScalingTimer.QueuedAt"/> never falls from first to last.</remarks>
internal sealed class ScaledTimerQueue : ITimerHandler
{
    /// <summary>Fired in one go; what is left waits for the next iteration, so that a sudden load does not stall the sockets.</summary>
    private const int MaxBatch = 256;

    private readonly ScaledTimers _timers;
    private readonly long _rest;
    private readonly Timer _timer;
    private ScalingTimer? _first;
    private ScalingTimer? _last;
    private ScalingTimer? _firing;

    internal ScaledTimerQueue(ScaledTimers timers, long restNanos)
    {
        _timers = timers;
        _rest = restNanos;
        _timer = new Timer(timers.Wheel, this);
    }

    internal bool IsEmpty => _first is null;

    internal long RestNanos => _rest;

    internal void Add(ScalingTimer timer)
    {
        timer.Queue = this;
        timer.QueuedAt = _timers.NowNanos;
        timer.Previous = _last;
        timer.Next = null;
        if (_last is not null)
        {
            _last.Next = timer;
        }
        else
        {
            _first = timer;
        }

        _last = timer;
        if (_first == timer)
        {
            Rearm();
        }
    }

    internal void Remove(ScalingTimer timer)
    {
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _first = timer.Next;
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }
        else
        {
            _last = timer.Previous;
        }

        timer.Next = timer.Previous = null;
        timer.Queue = null;
        if (_first is null)
        {
            _timer.Disarm();
            _timers.OnEmpty(this);
        }
    }

    /// <summary>The load changed, or the first one did. A timer that fires too soon looks and goes on waiting.</summary>
    internal void Rearm()
    {
        if (_first is { } first)
        {
            _timer.Arm(DueOf(first) - _timers.NowNanos);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        try
        {
            for (int i = 0; i < MaxBatch && _first is { } first && DueOf(first) <= _timers.NowNanos; i++)
            {
                Remove(first);
                _firing = first;
                first.Fire();
            }
        }
        finally
        {
            Rearm();
        }
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _firing?.OnUnhandledException(exception);

    private long DueOf(ScalingTimer timer) => timer.QueuedAt + (long)(_rest * _timers.Factor);
}
