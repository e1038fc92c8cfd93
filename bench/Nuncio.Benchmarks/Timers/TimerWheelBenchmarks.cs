using BenchmarkDotNet.Attributes;
using Nuncio.IO.Timers;
using Timer = Nuncio.IO.Timers.Timer;

namespace Nuncio.Benchmarks.Timers;

/// <summary>A wheel in which ten thousand idle timeouts of other connections hang, and what one connection does to it.</summary>
public class TimerWheelBenchmarks : ITimerHandler
{
    private const long Millisecond = 1_000_000;
    private const int Others = 10_000;

    private TimerWheel _wheel = null!;
    private Timer _timer = null!;
    private Timer _idle = null!;
    private long _now;

    /// <summary>The timeouts of the others are spread over an hour from now.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _now = Millisecond;
        _wheel = new TimerWheel(_now);
        for (int i = 0; i < Others; i++)
        {
            new Timer(_wheel, this).Arm((3_600_000 + i) * Millisecond);
        }

        _timer = new Timer(_wheel, this);
        _idle = new Timer(_wheel, this);
        _idle.Arm(300_000 * Millisecond);
    }

    /// <summary>A timeout of 15 s set for a request and taken back, as nearly always.</summary>
    [Benchmark(Baseline = true)]
    public void ArmDisarm()
    {
        _timer.Arm(15_000 * Millisecond);
        _timer.Disarm();
    }

    /// <summary>An idle timeout moved to later with every request.</summary>
    [Benchmark]
    public void MoveLater() => _idle.Arm(300_000 * Millisecond);

    /// <summary>A timer that really fires: armed for the next millisecond, the wheel turned to it.</summary>
    [Benchmark]
    public void ArmFire()
    {
        _timer.Arm(Millisecond);
        _now += Millisecond;
        _wheel.Advance(_now);
    }

    /// <summary>What an iteration of the loop pays when nothing is due: time told, next deadline asked.</summary>
    [Benchmark]
    public long AdvanceNothingDue()
    {
        _wheel.Advance(_now);
        return _wheel.NanosUntilNext(_now);
    }

    void ITimerHandler.OnTimer(Timer timer)
    {
        // The others fall due too when a long run has turned the wheel by an hour; they go on as idle timeouts do.
        if (timer != _timer)
        {
            timer.Arm(3_600_000 * Millisecond);
        }
    }
}
