using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// The timer behind a <see cref="ScaledTimer"/> whose kind is shortened: first its minimum passes in the wheel, then the rest in a
/// <see cref="ScaledTimerQueue"/>, where it shrinks with the load.
/// </summary>
/// <remarks>
/// Owner: the worker.
/// <code>
///   Disarmed --Arm--> minimum (wheel) --passed--> rest (queue) --passed, or shrunk away--> handler
/// </code>
/// </remarks>
internal sealed class ScalingTimer : ITimerHandler
{
    internal ScalingTimer? Next;
    internal ScalingTimer? Previous;

    /// <summary>The queue it waits in; null outside.</summary>
    internal ScaledTimerQueue? Queue;

    /// <summary>When it came into the queue.</summary>
    internal long QueuedAt;

    private readonly ScaledTimers _timers;
    private readonly ScaledTimerMinimum _minimum;
    private readonly ITimerHandler _handler;
    private readonly Timer _timer;
    private long _rest;

    internal ScalingTimer(ScaledTimers timers, ScaledTimerMinimum minimum, ITimerHandler handler, int tag)
    {
        _timers = timers;
        _minimum = minimum;
        _handler = handler;
        _timer = new Timer(timers.Wheel, this, tag);
    }

    internal bool IsArmed => Queue is not null || _timer.IsArmed;

    internal void Arm(long delayNanos)
    {
        Queue?.Remove(this);
        delayNanos = Math.Max(0, delayNanos);
        long minimum = _minimum.Of(delayNanos);
        _rest = delayNanos - minimum;
        if (minimum > 0 || _rest == 0)
        {
            _timer.Arm(minimum);
        }
        else
        {
            _timer.Disarm();
            _timers.Add(this, _rest);
        }
    }

    internal void Disarm()
    {
        Queue?.Remove(this);
        _timer.Disarm();
    }

    /// <summary>The rest has passed too.</summary>
    internal void Fire() => _handler.OnTimer(_timer);

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (_rest > 0)
        {
            _timers.Add(this, _rest);
        }
        else
        {
            Fire();
        }
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _handler.OnUnhandledException(exception);
}
