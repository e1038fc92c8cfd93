namespace Nuncio.Core.Overload;

/// <summary>
/// A timer that fires sooner under load (<c>reduce_timeouts</c>), also when it was armed before the load came. Where its kind is not
/// shortened by configuration it is a plain timer.
/// </summary>
/// <remarks>
/// Owner: the worker; made by <see cref="WorkerOverload.MakeTimer"/>. The default value is no timer and does nothing. The handler is
/// called with a <see cref="Timer"/> that carries the tag.
/// </remarks>
public readonly struct ScaledTimer
{
    private readonly Timer? _plain;
    private readonly ScalingTimer? _scaling;

    internal ScaledTimer(Timer plain) => _plain = plain;

    internal ScaledTimer(ScalingTimer scaling) => _scaling = scaling;

    /// <summary>Whether it is a timer at all.</summary>
    public bool IsSome => _plain is not null || _scaling is not null;

    /// <summary>Whether it will fire.</summary>
    public bool IsArmed => _scaling is { } scaling ? scaling.IsArmed : _plain is { IsArmed: true };

    /// <summary>Fires once after this time, or sooner under load; replaces what was armed.</summary>
    public void Arm(long delayNanos)
    {
        if (_plain is { } plain)
        {
            plain.Arm(delayNanos);
        }
        else
        {
            _scaling?.Arm(delayNanos);
        }
    }

    /// <summary>Makes it not fire.</summary>
    public void Disarm()
    {
        if (_plain is { } plain)
        {
            plain.Disarm();
        }
        else
        {
            _scaling?.Disarm();
        }
    }
}
