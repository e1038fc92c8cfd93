using Nuncio.Base.Random;

namespace Nuncio.Base.Tests.Random;

public sealed class RandomSourceTests
{
    [Fact]
    public void SameSeed_SameNumbers_OtherSeed_Others()
    {
        RandomSource first = new(42);
        RandomSource second = new(42);
        RandomSource other = new(43);
        ulong number = first.NextUInt64();
        Assert.Equal(number, second.NextUInt64());
        Assert.NotEqual(number, other.NextUInt64());
    }

    [Fact]
    public void Next_StaysBelowAndReachesEveryNumberAboutEquallyOften()
    {
        RandomSource random = new(1);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++)
        {
            counts[random.Next(10)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
        Assert.Equal(0U, random.Next(1));
    }

    [Fact]
    public void NextDouble_IsWithinZeroAndOne()
    {
        RandomSource random = new(1);
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
        {
            double number = random.NextDouble();
            Assert.InRange(number, 0, 0.9999999999999999);
            sum += number;
        }

        Assert.InRange(sum / 100_000, 0.49, 0.51);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(21)]
    public void Fill_FillsEveryByte(int length)
    {
        RandomSource random = new(1);
        byte[] seen = new byte[length];
        for (int i = 0; i < 50; i++)
        {
            byte[] bytes = new byte[length];
            random.Fill(bytes);
            for (int at = 0; at < length; at++)
            {
                seen[at] |= bytes[at];
            }
        }

        Assert.All(seen, bits => Assert.NotEqual(0, bits));
    }

    [Fact]
    public void FromSystem_DiffersEveryTime() =>
        Assert.NotEqual(RandomSource.FromSystem().NextUInt64(), RandomSource.FromSystem().NextUInt64());
}
