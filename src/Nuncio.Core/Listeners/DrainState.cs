using Nuncio.Base.Random;

namespace Nuncio.Core.Listeners;

/// <summary>
/// Whether connections are draining: responses then say <c>connection: close</c>, all of them or, in a gradual drain, a share that rises
/// with the time. One for the process, for each listener and for each filter chain; each drains when the one above does. Envoy's page:
/// "Draining".
/// </summary>
/// <remarks>Written by the main thread, read by workers. A reader may be a moment late.</remarks>
public sealed class DrainState
{
    private readonly DrainState? _parent;
    private readonly HealthCheckState? _health;
    private volatile bool _draining;
    private long _startNanos;
    private long _durationNanos;

    /// <param name="parent">What drains it too; null for the process.</param>
    /// <param name="health">Drains it while it fails; null when the health check does not matter.</param>
    public DrainState(DrainState? parent = null, HealthCheckState? health = null)
    {
        _parent = parent;
        _health = health;
    }

    /// <summary>Whether some clients are being told to go away.</summary>
    public bool IsDraining => _draining || _health is { IsFailing: true } || _parent is { IsDraining: true };

    /// <summary>Begins for good, all clients at once.</summary>
    public void Begin() => BeginGradually(0, 0);

    /// <summary>Begins for good: the share of clients told rises from none to all over the duration (0: all at once).</summary>
    public void BeginGradually(long nowNanos, long durationNanos)
    {
        Volatile.Write(ref _startNanos, nowNanos);
        Volatile.Write(ref _durationNanos, durationNanos);
        _draining = true;
    }

    /// <summary>Whether this client is to be told now.</summary>
    public bool TellsToGo(long nowNanos, RandomSource random)
    {
        if (_health is { IsFailing: true } || _parent?.TellsToGo(nowNanos, random) == true)
        {
            return true;
        }

        if (!_draining)
        {
            return false;
        }

        long duration = Volatile.Read(ref _durationNanos);
        long elapsed = nowNanos - Volatile.Read(ref _startNanos);
        return elapsed >= duration || (long)(random.NextUInt64() % (ulong)duration) < elapsed;
    }
}
