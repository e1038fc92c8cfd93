using Nuncio.Base.Random;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// Waiting between attempts to connect: a random time below an interval that doubles from <paramref name="BaseNanos"/> to
/// <paramref name="MaxNanos"/>. Immutable; each connection keeps its own place in it. Envoy: <c>core.v3.BackoffStrategy</c>.
/// </summary>
/// <param name="BaseNanos"><c>base_interval</c>: the first interval, at least 1 ms.</param>
/// <param name="MaxNanos"><c>max_interval</c>: the last interval; ten times the first if not given.</param>
public sealed record ConnectBackOff(long BaseNanos, long MaxNanos)
{
    /// <summary>The wait before retry <paramref name="retry"/> (1 is the first).</summary>
    public long WaitNanos(uint retry, RandomSource random)
    {
        // Envoy: keeps one interval for all connections of a worker and never resets it, so that after some failures everybody
        // waits for the longest time. Here every connection starts from the base.
        long interval = BaseNanos;
        for (uint i = 1; i < retry && interval < MaxNanos; i++)
        {
            interval = interval < MaxNanos / 2 ? interval * 2 : MaxNanos;
        }

        return (long)(random.NextUInt64() % (ulong)interval);
    }
}
