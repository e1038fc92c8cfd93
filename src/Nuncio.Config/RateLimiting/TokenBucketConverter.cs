using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Core.RateLimiting;
using Wire = Envoy.Type.V3.TokenBucket;

namespace Nuncio.Config.RateLimiting;

/// <summary>Wire message to token bucket. Stateless; any thread.</summary>
public static class TokenBucketConverter
{
    /// <summary>Envoy's; it comes from a time when a timer filled buckets.</summary>
    private const long ShortestIntervalNanos = 50_000_000;

    /// <summary>The bucket's configuration; null after an error. <paramref name="scope"/> is the place of the TokenBucket.</summary>
    public static TokenBucketConfig? Convert(Wire? wire, ConfigScope scope)
    {
        if (wire?.FillInterval is null || wire.MaxTokens == 0)
        {
            scope.Error("is missing or incomplete; expected max_tokens and fill_interval");
            return null;
        }

        long nanos = Nanos(wire.FillInterval);
        if (nanos < ShortestIntervalNanos)
        {
            scope.Field("fill_interval").Error($"found {nanos / 1_000_000} ms; a token bucket's fill interval must be at least 50 ms");
            return null;
        }

        return new TokenBucketConfig(wire.MaxTokens, wire.TokensPerFill ?? 1, nanos);
    }

    // Envoy counts whole milliseconds.
    private static long Nanos(Duration duration)
    {
        const long MaxSeconds = 4_000_000_000;
        return ((Math.Min(duration.Seconds, MaxSeconds) * 1000) + (duration.Nanos / 1_000_000)) * 1_000_000;
    }
}
