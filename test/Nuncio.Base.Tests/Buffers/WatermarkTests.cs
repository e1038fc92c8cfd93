using Nuncio.Base.Buffers;

namespace Nuncio.Base.Tests.Buffers;

public sealed class WatermarkTests
{
    [Fact]
    public void RisesAndFalls_CrossesAboveTheLimitAndAtHalfOfIt()
    {
        Watermark watermark = new(100);
        Assert.Equal(Watermark.Crossing.None, watermark.Update(100));
        Assert.Equal(Watermark.Crossing.Above, watermark.Update(101));
        Assert.True(watermark.IsAbove);
        Assert.Equal(Watermark.Crossing.None, watermark.Update(500));
        Assert.Equal(Watermark.Crossing.None, watermark.Update(51));
        Assert.Equal(Watermark.Crossing.Below, watermark.Update(50));
        Assert.False(watermark.IsAbove);
        Assert.Equal(Watermark.Crossing.None, watermark.Update(50));
    }

    [Fact]
    public void NoLimit_NeverCrosses()
    {
        Watermark watermark = default;
        Assert.Equal(Watermark.Crossing.None, watermark.Update(int.MaxValue));
    }

    [Fact]
    public void LimitTakenAwayWhileAbove_TheNextUpdateIsBelow()
    {
        Watermark watermark = new(10);
        watermark.Update(11);
        watermark.Limit = 0;
        Assert.Equal(Watermark.Crossing.Below, watermark.Update(1000));
    }
}
