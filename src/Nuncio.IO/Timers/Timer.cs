namespace Nuncio.IO.Timers;

/// <summary>
/// One deadline of one owner, kept in the wheel by links of its own: arming, moving and disarming cost nanoseconds and no memory.
/// </summary>
/// <remarks>
/// Owner: the thread of its wheel. 1 ms resolution; never early against the dispatcher's cached clock. A timer that is armed holds
/// its handler alive: disarm it when its owner ends.
/// </remarks>
public sealed class Timer
{
    internal readonly ITimerHandler Handler;

    /// <summary>Tick it is due at; meaningful while armed.</summary>
    internal long Deadline;

    /// <summary>List of the wheel it hangs in, or <see cref="TimerWheel.NotFiled"/>.</summary>
    internal int List = TimerWheel.NotFiled;

    /// <summary>Tick the wheel looks at it again; at most <see cref="Deadline"/>.</summary>
    internal long FiledFor;

    internal Timer? Next;
    internal Timer? Previous;

    private readonly TimerWheel _wheel;

    /// <summary>A disarmed timer.</summary>
    public Timer(TimerWheel wheel, ITimerHandler handler, int tag = 0)
    {
        _wheel = wheel;
        Handler = handler;
        Tag = tag;
    }

    /// <summary>Tells several timers of one handler apart.</summary>
    public int Tag { get; set; }

    /// <summary>Whether it will fire.</summary>
    public bool IsArmed => List != TimerWheel.NotFiled;

    /// <summary>Fires once, this long after the dispatcher's current time; replaces what was armed. 0 or less fires in this or the next iteration.</summary>
    public void Arm(long delayNanos) => _wheel.Arm(this, delayNanos);

    /// <inheritdoc cref="Arm(long)"/>
    public void Arm(TimeSpan delay) => _wheel.Arm(this, Math.Clamp(delay.Ticks, 0, long.MaxValue / 100) * 100);

    /// <summary>Makes it not fire. Harmless when it is not armed.</summary>
    public void Disarm() => _wheel.Disarm(this);
}
