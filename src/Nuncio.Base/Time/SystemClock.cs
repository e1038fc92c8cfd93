using System.Diagnostics;

namespace Nuncio.Base.Time;

/// <summary>The machine's clocks. Stateless; any thread.</summary>
public sealed class SystemClock : Clock
{
    /// <summary>The only instance needed.</summary>
    public static readonly SystemClock Instance = new();

    private SystemClock()
    {
    }

#pragma warning disable RS0030 // The one place that reads the machine's clocks; all others take a Clock.
    /// <inheritdoc/>
    public override long MonotonicNanos => Stopwatch.GetTimestamp(); // On Linux a tick is a nanosecond; checked by a test.

    /// <inheritdoc/>
    public override long UtcTicks => DateTime.UtcNow.Ticks;
#pragma warning restore RS0030
}
