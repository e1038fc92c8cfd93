using Nuncio.Core.Overload;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Tests.Overload;

public sealed class ScaledTimerTests : ITimerHandler
{
    private readonly List<int> _fired = [];
    private int _unhandled;
    private Action? _onFire;

    [Fact]
    public void KindNotConfigured_IsAPlainTimer()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(0));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionMax, this, 3);
        timer.Arm(Seconds(10));
        fixture.Press(1);
        fixture.Loop.Advance(TimeSpan.FromSeconds(8));
        Assert.Empty(_fired);
        Assert.True(timer.IsArmed);
        fixture.Loop.Advance(TimeSpan.FromSeconds(1.01));
        Assert.Equal([3], _fired);
        Assert.False(timer.IsArmed);
    }

    [Fact]
    public void DefaultValue_IsNoTimer()
    {
        ScaledTimer none = default;
        none.Arm(1);
        none.Disarm();
        Assert.False(none.IsArmed);
        Assert.False(none.IsSome);
    }

    [Fact]
    public void WithoutLoad_FiresAfterItsWholeTime()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(Seconds(4)));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, 5);
        timer.Arm(Seconds(10));
        fixture.Loop.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(_fired);
        Assert.True(timer.IsArmed);
        fixture.Loop.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Equal([5], _fired);
    }

    [Fact]
    public void Saturated_FiresAfterItsMinimum()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(Seconds(4)));
        fixture.Press(1);
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this);
        timer.Arm(Seconds(10));
        fixture.Loop.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Empty(_fired);
        fixture.Loop.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Single(_fired);
    }

    [Fact]
    public void LoadComesLater_ShortensWhatIsArmed()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(0, Share: 0.2));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this);
        timer.Arm(Seconds(100));
        fixture.Loop.Advance(TimeSpan.FromSeconds(49));
        fixture.Press(0.5); // 20 s and half of 80 s
        fixture.Loop.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(_fired);
        fixture.Loop.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Single(_fired);
    }

    [Fact]
    public void LoadComesAndGoes_FiresAfterItsWholeTime()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(0));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this);
        timer.Arm(Seconds(100));
        fixture.Press(0.5);
        fixture.Press(0);
        fixture.Loop.Advance(TimeSpan.FromSeconds(97.9));
        Assert.Empty(_fired);
        fixture.Loop.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Single(_fired);
    }

    [Fact]
    public void ArmedAgain_StartsAnew()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(Seconds(2)));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this);
        timer.Arm(Seconds(10));
        for (int i = 0; i < 5; i++)
        {
            fixture.Loop.Advance(TimeSpan.FromSeconds(5)); // the minimum has passed: it waits in a queue
            timer.Arm(Seconds(10));
        }

        fixture.Loop.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(_fired);
        fixture.Loop.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Single(_fired);
    }

    [Fact]
    public void Disarmed_DoesNotFire()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(Seconds(2)));
        ScaledTimer early = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this, 1);
        ScaledTimer late = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this, 2);
        early.Arm(Seconds(10));
        late.Arm(Seconds(10));
        early.Disarm();
        fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        late.Disarm();
        Assert.False(late.IsArmed);
        fixture.Loop.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(_fired);
        Assert.Equal(0, fixture.Workers[0].Dispatcher.Timers.Count);
    }

    [Fact]
    public void MiddleOfTheQueueLeaves_TheOthersFireInTheirOrder()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(0));
        ScaledTimer[] timers = [.. Enumerable.Range(0, 5).Select(i => fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this, i))];
        foreach (ScaledTimer timer in timers)
        {
            timer.Arm(Seconds(10));
            fixture.Loop.Advance(TimeSpan.FromSeconds(0.1));
        }

        timers[2].Disarm();
        timers[0].Disarm();
        timers[4].Disarm();
        fixture.Loop.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([1, 3], _fired);
    }

    [Fact]
    public void ManyFallDueAtOnce_AllFire()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(0));
        for (int i = 0; i < 3000; i++)
        {
            fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, i).Arm(Seconds(3600));
        }

        fixture.Press(1);
        Assert.Equal(Enumerable.Range(0, 3000), _fired);
    }

    [Fact]
    public void HandlerThrows_ItsOwnerEndsAndTheOthersFire()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(0));
        fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, 1).Arm(Seconds(10));
        fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, 2).Arm(Seconds(10));
        _onFire = () =>
        {
            _onFire = null;
            throw new InvalidOperationException("of the test");
        };
        fixture.Loop.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal([1, 2], _fired);
        Assert.Equal(1, _unhandled);
        Assert.Single(fixture.Loop.Contained);
        fixture.Loop.Contained.Clear();
    }

    [Fact]
    public void ArmedWithinItsOwnHandler_FiresAgain()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamConnectionIdle, new ScaledTimerMinimum(0));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamConnectionIdle, this, 1);
        _onFire = () => timer.Arm(Seconds(10));
        timer.Arm(Seconds(10));
        fixture.Loop.Advance(TimeSpan.FromSeconds(30.5));
        Assert.Equal(3, _fired.Count);
    }

    [Fact]
    public void ArmingInSteadyState_AllocatesNothing()
    {
        using OverloadFixture fixture = Make(ScaledTimerKind.HttpDownstreamStreamIdle, new ScaledTimerMinimum(0));
        ScaledTimer timer = fixture.Worker.MakeTimer(ScaledTimerKind.HttpDownstreamStreamIdle, this);
        ArmAndDisarm(timer); // The runtime allocates a little of its own while it compiles.
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArmAndDisarm(timer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void ArmAndDisarm(ScaledTimer timer)
        {
            for (int i = 0; i < 10_000; i++)
            {
                timer.Arm(Seconds(10));
                timer.Disarm();
            }
        }
    }

    void ITimerHandler.OnTimer(Nuncio.IO.Timers.Timer timer)
    {
        _fired.Add(timer.Tag);
        _onFire?.Invoke();
    }

    void ITimerHandler.OnUnhandledException(Exception exception) => _unhandled++;

    private static long Seconds(long seconds) => seconds * 1_000_000_000;

    private static OverloadFixture Make(ScaledTimerKind kind, ScaledTimerMinimum minimum) => new(
        OverloadFixture.With(OverloadAction.ReduceTimeouts, new OverloadTrigger("a", 0, 1)) with
        {
            TimerMinimums = new ScaledTimerMinimums(new Dictionary<ScaledTimerKind, ScaledTimerMinimum> { [kind] = minimum }),
        });
}
