using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class HistogramTests
{
    private static HistogramStat Recorded(params ulong[] values)
    {
        var store = new StatsStore(1);
        Histogram histogram = store.Root().Histogram("h");
        foreach (ulong value in values)
        {
            histogram.Record(value);
        }

        store.Flush();
        return store.FindHistogram("h")!;
    }

    [Theory]
    [InlineData(0UL, 0.0, 0.0)]
    [InlineData(1UL, 1.0, 0.1)]
    [InlineData(9UL, 9.0, 0.1)]
    [InlineData(10UL, 10.0, 1.0)]
    [InlineData(11UL, 11.0, 1.0)]
    [InlineData(99UL, 99.0, 1.0)]
    [InlineData(100UL, 100.0, 10.0)]
    [InlineData(109UL, 100.0, 10.0)]
    [InlineData(110UL, 110.0, 10.0)]
    [InlineData(999UL, 990.0, 10.0)]
    [InlineData(1_234_567UL, 1_200_000.0, 100_000.0)]
    [InlineData(4_294_967_295UL, 4_200_000_000.0, 100_000_000.0)]
    [InlineData(4_294_967_296UL, 4_200_000_000.0, 100_000_000.0)]
    [InlineData(ulong.MaxValue, 1.8e19, 1e18)]
    public void Sample_FallsIntoTheBinOfItsTwoLeadingDigits(ulong value, double lowerBound, double width)
    {
        HistogramBin bin = Assert.Single(Recorded(value).Cumulative.NonEmpty());

        Assert.Equal(new HistogramBin(lowerBound, width, 1), bin);
    }

    [Fact]
    public void EveryPowerOfTenAndItsNeighbours_AreInDifferentBins()
    {
        ulong power = 10;
        for (int decade = 1; decade < 20; decade++)
        {
            List<HistogramBin> bins = Recorded(power - 1, power, power + 1).Cumulative.NonEmpty();
            Assert.Equal(decade == 1 ? 3 : 2, bins.Count);
            Assert.Equal(1, bins[0].Count);
            Assert.True(bins[0].LowerBound < power, $"{power - 1} in {bins[0]}");
            Assert.Equal((double)power, bins[1].LowerBound);
            power = decade < 19 ? power * 10 : power;
        }
    }

    [Fact]
    public void NegativeSample_CountsAsZero()
    {
        var store = new StatsStore(1);
        store.Root().Histogram("h").Record(-5L);
        store.Flush();

        Assert.Equal(new HistogramBin(0, 0, 1), Assert.Single(store.FindHistogram("h")!.Cumulative.NonEmpty()));
    }

    [Fact]
    public void NoSamples_QuantilesAreNaNAndSumsZero()
    {
        HistogramStatistics statistics = Recorded().CumulativeStatistics();

        Assert.All(statistics.Quantiles.ToArray(), q => Assert.True(double.IsNaN(q)));
        Assert.Equal(0, statistics.Count);
        Assert.Equal(0, statistics.Sum);
        Assert.All(statistics.BucketCounts.ToArray(), count => Assert.Equal(0, count));
    }

    // The values that Envoy shows for the same samples (its admin's tests and documents).
    [Fact]
    public void Quantiles_AreThoseOfEnvoy()
    {
        double[] one = Recorded(1).CumulativeStatistics().Quantiles.ToArray();
        Assert.Equal(1.0, one[0]);
        Assert.Equal(1.1, one[9]);
        Assert.Equal(1.025, one[1], 12);

        double[] three = Recorded(200, 300, 300).CumulativeStatistics().Quantiles.ToArray();
        double[] expected = [200, 207.5, 302.5, 306.25, 308.5, 309.25, 309.85, 309.925, 309.985, 310];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], three[i], 9);
        }
    }

    [Fact]
    public void Interval_IsWhatCameBetweenTwoFlushes()
    {
        var store = new StatsStore(2);
        Histogram first = store.Root(0).Histogram("h");
        Histogram second = store.Root(1).Histogram("h");
        HistogramStat stat = store.FindHistogram("h")!;
        first.Record(5L);
        second.Record(5L);
        store.Flush();
        second.Record(70L);
        store.Flush();

        Assert.Equal([new HistogramBin(70, 1, 1)], stat.Interval.NonEmpty());
        Assert.Equal([new HistogramBin(5, 0.1, 2), new HistogramBin(70, 1, 1)], stat.Cumulative.NonEmpty());

        store.Flush();
        Assert.Empty(stat.Interval.NonEmpty());
        Assert.Equal(0, stat.Interval.Count);
        Assert.Equal(3, stat.Cumulative.Count);
    }

    [Fact]
    public void Buckets_CountTheBinsThatLieWhollyBelow()
    {
        // 10 is in [10, 11): not yet at or below 10. 24 is in [24, 25), which is.
        HistogramStat stat = Recorded(0, 1, 10, 24, 249, 251, 4_000_000);
        HistogramStatistics statistics = stat.CumulativeStatistics();
        long At(double bound) => statistics.BucketCounts[stat.Buckets.IndexOf(bound)];

        Assert.Equal(1, At(0.5));
        Assert.Equal(1, At(1));
        Assert.Equal(2, At(5));
        Assert.Equal(2, At(10));
        Assert.Equal(4, At(25));
        Assert.Equal(5, At(250));
        Assert.Equal(6, At(500));
        Assert.Equal(6, At(3_600_000));
        Assert.Equal(7, statistics.Count);
        Assert.Equal(2, statistics.DisjointBucketCount(stat.Buckets.IndexOf(25)));
    }

    [Fact]
    public void PercentUnit_IsScaledWhenShown()
    {
        var store = new StatsStore(1, new StatsConfig
        {
            HistogramBuckets = [new HistogramBucketSettings(StatNamePattern.Suffix("percent"), [1.0, 0.5])],
        });
        Histogram histogram = store.Root().Histogram("percent", HistogramUnit.Percent);
        histogram.Record(Histogram.PercentScale * 20 / 100);
        histogram.Record(Histogram.PercentScale * 75 / 100);
        store.Flush();
        HistogramStatistics statistics = store.FindHistogram("percent")!.CumulativeStatistics();

        Assert.Equal(0.20, statistics.Quantiles[0], 9);
        Assert.Equal(0.76, statistics.Quantiles[9], 9);
        Assert.Equal([1L, 2L], statistics.BucketCounts.ToArray());
        Assert.Equal(0.205 + 0.755, statistics.Sum, 9);
    }

    [Fact]
    public void BucketSettings_FirstMatchCounts()
    {
        var store = new StatsStore(1, new StatsConfig
        {
            HistogramBuckets =
            [
                new HistogramBucketSettings(StatNamePattern.Prefix("a."), [3, 1, 2]),
                new HistogramBucketSettings(StatNamePattern.Prefix("a"), [9]),
            ],
        });
        store.Root().Histogram("a.x");
        store.Root().Histogram("ab");
        store.Root().Histogram("c");

        Assert.Equal([1.0, 2, 3], store.FindHistogram("a.x")!.Buckets.ToArray());
        Assert.Equal([9.0], store.FindHistogram("ab")!.Buckets.ToArray());
        Assert.Equal(HistogramBucketSettings.DefaultBuckets.ToArray(), store.FindHistogram("c")!.Buckets.ToArray());
        Assert.Equal(19, HistogramBucketSettings.DefaultBuckets.Length);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.0, 1.0)]
    [InlineData(-1.0, 1.0)]
    [InlineData(double.NaN, 1.0)]
    public void BucketsThatAreNotAboveZeroAndUnique_AreRefused(double first, double second) =>
        Assert.Throws<ArgumentException>(() => new HistogramBucketSettings(StatNamePattern.Exact("a"), [first, second]));

    [Fact]
    public void AnySamples_QuantilesRiseStayInTheirBinsAndCountsAgree()
    {
        var random = new System.Random(7919);
        for (int round = 0; round < 200; round++)
        {
            var values = new ulong[random.Next(1, 300)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (ulong)random.NextInt64() >> random.Next(0, 63);
            }

            HistogramStat stat = Recorded(values);
            HistogramStatistics statistics = stat.CumulativeStatistics();
            List<HistogramBin> bins = stat.Cumulative.NonEmpty();
            ReadOnlySpan<double> quantiles = statistics.Quantiles;
            for (int i = 1; i < quantiles.Length; i++)
            {
                Assert.True(quantiles[i] >= quantiles[i - 1], $"round {round}: {quantiles[i - 1]} then {quantiles[i]}");
            }

            long inBins = 0;
            double exact = 0;
            foreach (HistogramBin bin in bins)
            {
                inBins += bin.Count;
            }

            foreach (ulong value in values)
            {
                exact += value;
            }

            Assert.Equal(bins[0].LowerBound, quantiles[0]);
            Assert.Equal(bins[^1].UpperBound, quantiles[^1]);
            Assert.Equal(values.Length, inBins);
            Assert.Equal(values.Length, statistics.Count);

            // A bin is at most a tenth of its lower bound wide (below 10 exact but for half a tenth), so is the sum's error.
            Assert.InRange(statistics.Sum, exact * 0.949, exact * 1.051 + values.Length * 0.051);
            for (int i = 1; i < statistics.BucketCounts.Length; i++)
            {
                Assert.True(statistics.BucketCounts[i] >= statistics.BucketCounts[i - 1]);
            }
        }
    }

    [Fact]
    public void AnySample_LiesInItsBin()
    {
        var random = new System.Random(104729);
        for (int i = 0; i < 5_000; i++)
        {
            // Below 2^50 doubles are exact, so that the comparison is too.
            ulong value = (ulong)random.NextInt64(0, 1L << 50) >> random.Next(0, 50);
            HistogramBin bin = Assert.Single(Recorded(value).Cumulative.NonEmpty());
            Assert.True(bin.LowerBound <= value && (value < bin.UpperBound || value == 0), $"{value} in {bin}");
        }
    }
}
