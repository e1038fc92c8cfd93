using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// The timers of one worker that overload shortens: one queue for each length of what is left after the minimum. Envoy: "Scaled
/// range timers".
/// </summary>
/// <remarks>Owner: the worker.</remarks>
internal sealed class ScaledTimers(Dispatcher dispatcher, ScaledTimerMinimums minimums)
{
    /// <summary>Queues kept though they are empty; configured lengths are few, but a configuration may be replaced without end.</summary>
    private const int MaxKept = 64;

    private readonly Dictionary<long, ScaledTimerQueue> _queues = [];

    internal TimerWheel Wheel => dispatcher.Timers;

    internal long NowNanos => dispatcher.NowNanos;

    /// <summary>What share of the rest must pass: 1 without load, 0 when saturated.</summary>
    internal double Factor { get; private set; } = 1;

    internal ScaledTimer Make(ScaledTimerKind kind, ITimerHandler handler, int tag) =>
        minimums[kind] is { } minimum
            ? new ScaledTimer(new ScalingTimer(this, minimum, handler, tag))
            : new ScaledTimer(new Timer(Wheel, handler, tag));

    internal void SetFactor(double factor)
    {
        if (factor == Factor)
        {
            return;
        }

        Factor = factor;
        foreach (ScaledTimerQueue queue in _queues.Values)
        {
            queue.Rearm();
        }
    }

    internal void Add(ScalingTimer timer, long restNanos)
    {
        if (!_queues.TryGetValue(restNanos, out ScaledTimerQueue? queue))
        {
            queue = new ScaledTimerQueue(this, restNanos);
            _queues.Add(restNanos, queue);
        }

        queue.Add(timer);
    }

    internal void OnEmpty(ScaledTimerQueue queue)
    {
        if (_queues.Count > MaxKept)
        {
            _queues.Remove(queue.RestNanos);
        }
    }
}
