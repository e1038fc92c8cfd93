using Nuncio.Core.RateLimiting;

namespace Nuncio.Core.Tests.RateLimiting;

public sealed class TokenBucketTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void NewBucket_IsFull()
    {
        TokenBucket bucket = new(new TokenBucketConfig(3, 1, Second));
        Assert.Equal(3, bucket.Remaining(0));
        Assert.True(bucket.TryTake(0) && bucket.TryTake(0) && bucket.TryTake(0));
        Assert.False(bucket.TryTake(0));
        Assert.Equal(0, bucket.Remaining(0));
    }

    [Fact]
    public void Tokens_ComeBackEvenly()
    {
        TokenBucket bucket = new(new TokenBucketConfig(10, 4, Second));
        Drain(bucket, 5 * Second);
        Assert.False(bucket.TryTake((5 * Second) + (Second / 4) - 1000));
        Assert.True(bucket.TryTake((5 * Second) + (Second / 4) + 1000));
        Assert.False(bucket.TryTake((5 * Second) + (Second / 4) + 1000));
        Assert.Equal(3, bucket.Remaining(6 * Second + 1000));
    }

    [Fact]
    public void LongRest_FillsToTheMaximumOnly()
    {
        TokenBucket bucket = new(new TokenBucketConfig(2, 100, Second));
        Drain(bucket, 0);
        Assert.Equal(2, Drain(bucket, 1000 * Second));
    }

    [Fact]
    public void TakingMoreThanThereIs_TakesNothing()
    {
        TokenBucket bucket = new(new TokenBucketConfig(5, 1, Second));
        Assert.False(bucket.TryTake(0, 6));
        Assert.True(bucket.TryTake(0, 5));
    }

    [Fact]
    public void RateBeyondATokenPerNanosecond_IsKept()
    {
        TokenBucket bucket = new(new TokenBucketConfig(uint.MaxValue, uint.MaxValue, 50_000_000));
        Assert.True(bucket.TryTake(0, uint.MaxValue));
        Assert.InRange(bucket.Remaining(50_000_000), uint.MaxValue - 1, uint.MaxValue);
    }

    [Fact]
    public void WorkerWithAnOlderClock_GetsNoMoreThanTheRate()
    {
        TokenBucket bucket = new(new TokenBucketConfig(4, 4, Second));
        Assert.Equal(4, Drain(bucket, 10 * Second));
        Assert.Equal(0, Drain(bucket, 9 * Second));
        Assert.Equal(4, Drain(bucket, 11 * Second));
    }

    [Fact]
    public void ManyThreads_TakeExactlyWhatThereIs()
    {
        TokenBucket bucket = new(new TokenBucketConfig(100_000, 1, Second));
        int taken = 0;
        var threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                int mine = 0;
                while (bucket.TryTake(1))
                {
                    mine++;
                }

                Interlocked.Add(ref taken, mine);
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(100_000, taken);
    }

    [Fact]
    public void SharedBucket_IsTheSameForTheSameKeyAndConfiguration()
    {
        SharedTokenBuckets buckets = new();
        TokenBucketConfig config = new(1, 1, Second);
        TokenBucket first = buckets.Get("key", config);
        Assert.Same(first, buckets.Get("key", config with { }));
        Assert.NotSame(first, buckets.Get("key", config with { MaxTokens = 2 }));
        Assert.NotSame(first, buckets.Get("other", config));
        Assert.NotSame(buckets.Get("", config), buckets.Get("", config));
        GC.KeepAlive(first);
    }

    private static int Drain(TokenBucket bucket, long now)
    {
        int taken = 0;
        while (bucket.TryTake(now))
        {
            taken++;
        }

        return taken;
    }
}
