using Nuncio.Base.Random;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Tests.Timers;

public sealed class TimerWheelTests : ITimerHandler
{
    private const long Millisecond = 1_000_000;

    private readonly TimerWheel _wheel = new(12_345_678);
    private readonly List<int> _fired = [];
    private long _now = 12_345_678;
    private Action<Timer>? _onFire;

    [Theory]
    [InlineData(1)]
    [InlineData(Millisecond - 1)]
    [InlineData(Millisecond)]
    [InlineData(255 * Millisecond)]
    [InlineData(256 * Millisecond)]
    [InlineData(257 * Millisecond + 3)]
    [InlineData(65_536 * Millisecond)]
    [InlineData(3_600_000 * Millisecond)]
    [InlineData(10_000_000_000 * Millisecond)]
    public void Armed_FiresNeverEarlyAndWithinATick(long delay)
    {
        Timer timer = new(_wheel, this);
        timer.Arm(delay);

        RunTo(_now + delay - 1);
        Assert.Empty(_fired);
        Assert.True(timer.IsArmed);

        RunTo(_now + 1 + Millisecond);
        Assert.Single(_fired);
        Assert.False(timer.IsArmed);
        Assert.Equal(0, _wheel.Count);
        Assert.Equal(-1, _wheel.NanosUntilNext(_now));
    }

    [Fact]
    public void ZeroDelay_FiresAtTheNextAdvanceWithoutTimePassing()
    {
        Timer timer = new(_wheel, this);
        timer.Arm(0);
        Assert.Equal(0, _wheel.NanosUntilNext(_now));
        _wheel.Advance(_now);
        Assert.Single(_fired);
    }

    [Fact]
    public void ZeroDelayArmedInItsOwnCallback_WaitsForTheNextAdvance()
    {
        _onFire = timer => timer.Arm(0);
        Timer timer = new(_wheel, this);
        timer.Arm(0);
        _wheel.Advance(_now);
        Assert.Single(_fired);
        _wheel.Advance(_now);
        Assert.Equal(2, _fired.Count);
        Assert.True(timer.IsArmed);
    }

    [Fact]
    public void Disarmed_DoesNotFire()
    {
        Timer timer = new(_wheel, this);
        timer.Arm(5 * Millisecond);
        timer.Disarm();
        timer.Disarm();
        RunTo(_now + 100 * Millisecond);
        Assert.Empty(_fired);
    }

    [Fact]
    public void ArmedAgainToLater_FiresOnceAtTheLaterTime()
    {
        Timer timer = new(_wheel, this);
        timer.Arm(10 * Millisecond);
        timer.Arm(500 * Millisecond);
        RunTo(_now + 499 * Millisecond);
        Assert.Empty(_fired);
        RunTo(_now + 2 * Millisecond);
        Assert.Single(_fired);
    }

    [Fact]
    public void ArmedAgainToEarlier_FiresOnceAtTheEarlierTime()
    {
        Timer timer = new(_wheel, this);
        timer.Arm(500 * Millisecond);
        timer.Arm(10 * Millisecond);
        RunTo(_now + 11 * Millisecond);
        Assert.Single(_fired);
        RunTo(_now + 1000 * Millisecond);
        Assert.Single(_fired);
    }

    [Fact]
    public void MovedToLaterAgainAndAgain_NeverFiresWhileMoved()
    {
        Timer timer = new(_wheel, this);
        for (int i = 0; i < 1000; i++)
        {
            timer.Arm(300 * Millisecond);
            RunTo(_now + 7 * Millisecond);
        }

        Assert.Empty(_fired);
        RunTo(_now + 300 * Millisecond);
        Assert.Single(_fired);
    }

    [Fact]
    public void OneCallbackDisarmsAnotherOfTheSameTick_TheOtherDoesNotFire()
    {
        Timer second = new(_wheel, this, 2);
        Timer first = new(_wheel, this, 1);
        _onFire = timer =>
        {
            (timer == first ? second : first).Disarm();
        };
        first.Arm(5 * Millisecond);
        second.Arm(5 * Millisecond);
        RunTo(_now + 10 * Millisecond);
        Assert.Equal([1], _fired);
    }

    [Fact]
    public void SeveralDueInOneAdvance_FireInOrderOfDeadline()
    {
        foreach (int delay in (int[])[700, 3, 90_000, 256, 255, 257, 1, 65_536, 65_535])
        {
            new Timer(_wheel, this, delay).Arm(delay * Millisecond);
        }

        RunTo(_now + 100_000 * Millisecond);
        Assert.Equal([1, 3, 255, 256, 257, 700, 65_535, 65_536, 90_000], _fired);
    }

    [Fact]
    public void HandlerThrows_TheOthersFireOnTheNextCall()
    {
        _onFire = timer =>
        {
            if (timer.Tag == 1)
            {
                throw new InvalidOperationException();
            }
        };
        new Timer(_wheel, this, 1).Arm(5 * Millisecond);
        new Timer(_wheel, this, 2).Arm(5 * Millisecond);
        new Timer(_wheel, this, 3).Arm(6 * Millisecond);
        _now += 50 * Millisecond;
        Assert.Throws<InvalidOperationException>(() => _wheel.Advance(_now));
        _wheel.Advance(_now);
        Assert.Equal([1, 2, 3], _fired);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void DelayBeyondTheWheel_IsCutAndDoesNotFireSoon()
    {
        Timer timer = new(_wheel, this);
        timer.Arm(long.MaxValue);
        timer.Arm(TimeSpan.MaxValue);
        RunTo(_now + 40_000_000 * Millisecond);
        Assert.True(timer.IsArmed);
        Assert.Empty(_fired);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 400)]
    [InlineData(3, 70_000)]
    [InlineData(4, 20_000_000)]
    [InlineData(5, 300)]
    [InlineData(6, 1_000_000)]
    public void RandomOperations_AgreeWithASortedModel(ulong seed, int maxDelayMs)
    {
        RandomSource random = new(seed);
        Timer[] timers = new Timer[40];
        long[] dueAt = new long[timers.Length];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i] = new Timer(_wheel, this, i);
            dueAt[i] = -1;
        }

        for (int step = 0; step < 20_000; step++)
        {
            int pick = (int)random.Next((uint)timers.Length);
            switch (random.Next(4))
            {
                case 0 or 1:
                    long delay = random.Next(8) == 0 ? 0 : random.Next((uint)maxDelayMs) * Millisecond + random.Next(1_000_000);
                    timers[pick].Arm(delay);
                    dueAt[pick] = _now + delay;
                    break;
                case 2:
                    timers[pick].Disarm();
                    dueAt[pick] = -1;
                    break;
                default:
                    Step(random, maxDelayMs, timers, dueAt);
                    break;
            }
        }
    }

    void ITimerHandler.OnTimer(Timer timer)
    {
        _fired.Add(timer.Tag);
        _onFire?.Invoke(timer);
    }

    private void Step(RandomSource random, int maxDelayMs, Timer[] timers, long[] dueAt)
    {
        // Either a random stride or exactly as long as the wheel says that nothing is due.
        long wait = _wheel.NanosUntilNext(_now);
        long before = _now;
        long stride = random.Next(2) == 0 && wait >= 0 ? wait : random.Next((uint)maxDelayMs / 4 + 1) * Millisecond;
        if (wait > 0 && random.Next(2) == 0)
        {
            _fired.Clear();
            RunTo(_now + wait - 1);
            Assert.Empty(_fired);
            stride = Math.Max(1, stride - (wait - 1));
        }

        _now += stride;
        _fired.Clear();
        _wheel.Advance(_now);
        long last = 0;
        foreach (int tag in _fired)
        {
            Assert.InRange(dueAt[tag], 0, _now);
            long tick = Tick(dueAt[tag]);
            Assert.True(tick >= last || tick <= Tick(before), "fired out of order");
            last = Math.Max(last, tick);
            dueAt[tag] = -1;
        }

        for (int i = 0; i < timers.Length; i++)
        {
            Assert.Equal(dueAt[i] >= 0, timers[i].IsArmed);
            if (dueAt[i] >= 0)
            {
                Assert.True(Tick(dueAt[i]) * Millisecond + 12_345_678 > _now, $"timer {i} is late");
            }
        }
    }

    private static long Tick(long nanos) => (nanos - 12_345_678 + Millisecond - 1) / Millisecond;

    private void RunTo(long nanos)
    {
        _now = nanos;
        _wheel.Advance(nanos);
    }
}
