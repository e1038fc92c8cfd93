namespace Nuncio.Base.Time;

/// <summary>The two clocks of the process, behind a seam so that tests move time by hand. Thread-safe.</summary>
public abstract class Clock
{
    /// <summary>Nanoseconds of a clock that never goes back; only differences mean anything.</summary>
    public abstract long MonotonicNanos { get; }

    /// <summary>Wall clock, UTC, as <see cref="DateTime.Ticks"/> (100 ns).</summary>
    public abstract long UtcTicks { get; }
}
