namespace Nuncio.Core.RateLimiting;

/// <summary>How a token bucket fills; immutable. Envoy: <c>type.v3.TokenBucket</c>.</summary>
/// <param name="MaxTokens">What it holds at most, and at first.</param>
/// <param name="TokensPerFill">What comes back in each interval.</param>
/// <param name="FillIntervalNanos">The interval in nanoseconds, more than 0.</param>
public sealed record TokenBucketConfig(uint MaxTokens, uint TokensPerFill, long FillIntervalNanos);
