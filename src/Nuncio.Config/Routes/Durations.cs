using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Routes;

/// <summary>Wire durations to nanoseconds. Stateless; any thread.</summary>
public static class Durations
{
    /// <summary>Longer ones mean never; this fits every sum of two in 64 bits.</summary>
    private const long MaxSeconds = 4_000_000_000;

    /// <summary>The duration; null when it is absent or wrong.</summary>
    public static long? Nanos(Duration? message, ConfigScope scope)
    {
        if (message is null)
        {
            return null;
        }

        if (message.Seconds < 0 || message.Nanos is < 0 or > 999_999_999)
        {
            scope.Error("found a negative or malformed duration, expected zero or more");
            return null;
        }

        return (Math.Min(message.Seconds, MaxSeconds) * 1_000_000_000) + message.Nanos;
    }
}
