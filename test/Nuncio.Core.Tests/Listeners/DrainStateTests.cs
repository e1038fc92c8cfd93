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
        var health = new HealthCheckState { IsFailing = true };
        var state = new DrainState(null, health);
        Assert.True(state.TellsToGo(0, new RandomSource(1)));
        health.IsFailing = false;
        Assert.False(state.IsDraining);
        Assert.False(state.TellsToGo(0, new RandomSource(1)));
    }

    [Fact]
    public void ParentDrains_SoDoesTheChild()
    {
        var process = new DrainState();
        var chain = new DrainState(new DrainState(process));
        Assert.False(chain.TellsToGo(0, new RandomSource(1)));
        process.Begin();
        Assert.True(chain.IsDraining);
        Assert.True(chain.TellsToGo(0, new RandomSource(1)));
    }
}
