using Nuncio.Base.Random;
using Nuncio.Core.Dns;

namespace Nuncio.Core.Clusters;

/// <summary>
/// Waits between failed resolutions of a cluster: the refresh rate, or a jittered exponential back-off where one is configured.
/// Owner: main thread; one per cluster.
/// </summary>
internal sealed class DnsBackOff(DnsConfig config, RandomSource random)
{
    /// <summary>Default of the longest wait, in first waits.</summary>
    private const int MaxFactor = 10;

    private TimeSpan? _next = config.FailureBase;

    /// <summary>A good answer: the next failure waits shortly again.</summary>
    public void Reset() => _next = config.FailureBase;

    /// <summary>The next wait: anything up to the present step, which doubles up to the maximum.</summary>
    public TimeSpan Next()
    {
        if (_next is not { } step)
        {
            return config.RefreshRate;
        }

        TimeSpan max = config.FailureMax ?? config.FailureBase!.Value * MaxFactor;
        _next = step * 2 > max ? max : step * 2;
        return TimeSpan.FromMilliseconds(1 + (random.NextUInt64() % (ulong)Math.Max(1, step.TotalMilliseconds)));
    }
}
