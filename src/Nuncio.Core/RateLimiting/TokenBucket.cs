namespace Nuncio.Core.RateLimiting;

/// <summary>
/// A token bucket that all workers take from: a token for each connection or request, coming back evenly over time.
/// </summary>
/// <remarks>
/// Any thread. Full when made. Its whole state is the moment at which it was, or would have been, empty: what it holds is the time since
/// then times the rate, so that nothing has to fill it and taking is one compare and exchange. Envoy: <c>AtomicTokenBucketImpl</c>.
/// </remarks>
public sealed class TokenBucket
{
    private readonly double _maxTokens;
    private readonly double _nanosPerToken;

    /// <summary>In nanoseconds of the monotonic clock; a double, because a token may take less than a nanosecond.</summary>
    private double _emptyAt = double.NegativeInfinity;

    /// <summary>A full bucket.</summary>
    public TokenBucket(TokenBucketConfig config)
    {
        _maxTokens = config.MaxTokens;
        _nanosPerToken = (double)config.FillIntervalNanos / config.TokensPerFill;
    }

    /// <summary>Whole tokens in it.</summary>
    public long Remaining(long nowNanos) => (long)Math.Max(0, Held(nowNanos, Volatile.Read(ref _emptyAt)));

    /// <summary>Takes a token; false, and nothing changes, when there is none. The time is that of the caller's dispatcher.</summary>
    public bool TryTake(long nowNanos, uint tokens = 1)
    {
        double before = Volatile.Read(ref _emptyAt);
        while (true)
        {
            double held = Held(nowNanos, before);
            if (held < tokens)
            {
                return false;
            }

            // Workers read the clock once per iteration, so one may be behind another; its moment moves forward all the same.
            double after = nowNanos - ((held - tokens) * _nanosPerToken);
            double found = Interlocked.CompareExchange(ref _emptyAt, after, before);
            if (found.Equals(before))
            {
                return true;
            }

            before = found;
        }
    }

    private double Held(long nowNanos, double emptyAt) => Math.Min(_maxTokens, (nowNanos - emptyAt) / _nanosPerToken);
}
