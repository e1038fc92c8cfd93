using System.Diagnostics;
using Nuncio.Base.Time;

namespace Nuncio.Base.Tests.Time;

public sealed class SystemClockTests
{
    [Fact]
    public void StopwatchTick_IsANanosecond() => Assert.Equal(1_000_000_000, Stopwatch.Frequency);

    [Fact]
    public void Monotonic_NeverGoesBack()
    {
        long last = SystemClock.Instance.MonotonicNanos;
        for (int i = 0; i < 10_000; i++)
        {
            long now = SystemClock.Instance.MonotonicNanos;
            Assert.True(now >= last);
            last = now;
        }
    }

    [Fact]
    public void Utc_IsTheMachinesTime() =>
        Assert.InRange(SystemClock.Instance.UtcTicks - DateTime.UtcNow.Ticks, -TimeSpan.TicksPerMinute, TimeSpan.TicksPerMinute);
}
