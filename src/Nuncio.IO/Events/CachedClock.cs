using Nuncio.Base.Time;

namespace Nuncio.IO.Events;

/// <summary>
/// The clocks as of the current iteration. The wall clock is read now and then and carried on with the monotonic one meanwhile,
/// which halves the cost of a refresh; a step of the system's time shows within <see cref="WallIntervalNanos"/>.
/// </summary>
/// <remarks>Owner: one dispatcher.</remarks>
internal sealed class CachedClock
{
    private const long WallIntervalNanos = 50_000_000;
    private const long NanosPerTick = 100;

    private readonly Clock _clock;
    private long _wallReadAt;
    private long _wallTicks;

    internal CachedClock(Clock clock)
    {
        _clock = clock;
        Nanos = clock.MonotonicNanos;
        ReadWall();
    }

    internal long Nanos { get; private set; }

    internal long UtcTicks => _wallTicks + (Nanos - _wallReadAt) / NanosPerTick;

    internal void Refresh()
    {
        Nanos = _clock.MonotonicNanos;
        if (Nanos - _wallReadAt >= WallIntervalNanos)
        {
            ReadWall();
        }
    }

    private void ReadWall()
    {
        _wallTicks = _clock.UtcTicks;
        _wallReadAt = Nanos;
    }
}
