using Nuncio.Base.Random;

namespace Nuncio.Core.Listeners;

/// <summary>
/// Whether a listener is draining: responses then say <c>connection: close</c>, all of them or, in a gradual drain, a share that rises
/// with the time. Envoy's page: "Draining".
/// </summary>
/// <remarks>Written by the main thread, read by workers. A reader may be a moment late.</remarks>
public sealed class DrainState
{
    private volatile bool _draining;
    private volatile bool _failing;
    private long _startNanos;
    private long _durationNanos;

    /// <summary>Whether some clients are being told to go away.</summary>
    public bool IsDraining => _draining || _failing;

    /// <summary>Begins for good, all clients at once.</summary>
    public void Begin() => BeginGradually(0, 0);

    /// <summary>Begins for good: the share of clients told rises from none to all over the duration (0: all at once).</summary>
    public void BeginGradually(long nowNanos, long durationNanos)
    {
        Volatile.Write(ref _startNanos, nowNanos);
        Volatile.Write(ref _durationNanos, durationNanos);
        _draining = true;
    }

    /// <summary>The health check was told to fail, or to pass again: until then all clients are told.</summary>
    public void SetFailing(bool failing) => _failing = failing;

    /// <summary>Whether this client is to be told now.</summary>
    public bool TellsToGo(long nowNanos, RandomSource random)
    {
        if (_failing || !_draining)
        {
            return _failing;
        }

        long duration = Volatile.Read(ref _durationNanos);
        long elapsed = nowNanos - Volatile.Read(ref _startNanos);
        return elapsed >= duration || (long)(random.NextUInt64() % (ulong)duration) < elapsed;
    }
}
