using Nuncio.Base.Time;

namespace Nuncio.Testing.Time;

/// <summary>A clock that stands still until the test moves it. Starts at noon, 1 January 2026, UTC. Owner: the test.</summary>
public sealed class ManualClock : Clock
{
    private static readonly long s_start = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;
    private long _nanos = 1_000_000_000;
    private long _wallOffsetTicks;

    /// <inheritdoc/>
    public override long MonotonicNanos => Volatile.Read(ref _nanos);

    /// <inheritdoc/>
    public override long UtcTicks => s_start + (MonotonicNanos - 1_000_000_000) / 100 + Volatile.Read(ref _wallOffsetTicks);

    /// <summary>Moves both clocks. In a simulated loop call <see cref="Network.SimulatedLoop.Advance"/> instead, so that timers fire on the way.</summary>
    public void Advance(TimeSpan by) => AdvanceNanos(by.Ticks * 100);

    /// <inheritdoc cref="Advance"/>
    public void AdvanceNanos(long by)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(by);
        Volatile.Write(ref _nanos, _nanos + by);
    }

    /// <summary>Sets the wall clock alone, as somebody correcting the machine's time does.</summary>
    public void StepWallClock(TimeSpan by) => Volatile.Write(ref _wallOffsetTicks, _wallOffsetTicks + by.Ticks);
}
