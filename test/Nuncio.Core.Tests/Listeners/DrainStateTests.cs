using Nuncio.Base.Random;
using Nuncio.Core.Listeners;

namespace Nuncio.Core.Tests.Listeners;

public sealed class DrainStateTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Begin_TellsEverybodyForGood()
    {
        var state = new DrainState();
        var random = new RandomSource(1);
        Assert.False(state.IsDraining);
        Assert.False(state.TellsToGo(5 * Second, random));
        state.Begin();
        Assert.True(state.IsDraining);
        Assert.True(state.TellsToGo(5 * Second, random));
        state.SetFailing(true);
        state.SetFailing(false);
        Assert.True(state.IsDraining);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(25, 200, 300)]
    [InlineData(50, 450, 550)]
    [InlineData(100, 1000, 1000)]
    [InlineData(200, 1000, 1000)]
    public void GradualDrain_TellsAShareThatRises(int seconds, int atLeast, int atMost)
    {
        var state = new DrainState();
        var random = new RandomSource(1);
        state.BeginGradually(7 * Second, 100 * Second);
        int told = 0;
        for (int i = 0; i < 1000; i++)
        {
            told += state.TellsToGo((7 + seconds) * Second, random) ? 1 : 0;
        }

        Assert.InRange(told, atLeast, atMost);
    }

    [Fact]
    public void FailingHealthCheck_TellsEverybodyUntilItPasses()
    {
        var state = new DrainState();
        state.SetFailing(true);
        Assert.True(state.TellsToGo(0, new RandomSource(1)));
        state.SetFailing(false);
        Assert.False(state.IsDraining);
        Assert.False(state.TellsToGo(0, new RandomSource(1)));
    }
}
