using Nuncio.Core.Runtime;

namespace Nuncio.Core.Overload;

/// <summary>
/// The downstream connections of the whole process, and how many there may be. Exact: workers count on one word with
/// compare-and-swap, which is little beside accepting a connection.
/// </summary>
/// <remarks>
/// Any thread. The limit is the monitor's (<c>global_downstream_max_connections</c>), else the runtime key
/// <c>overload.global_downstream_max_connections</c>. Connections that ignore the limit are counted all the same.
/// </remarks>
public sealed class GlobalConnections
{
    /// <summary>The runtime key that limits where no monitor does.</summary>
    public const string RuntimeKeyName = "overload.global_downstream_max_connections";

    private readonly RuntimeKey? _runtimeLimit;
    private long _count;
    private long _limit = long.MaxValue;

    /// <param name="runtimeLimit">The key of <see cref="RuntimeKeyName"/>; null without runtime.</param>
    public GlobalConnections(RuntimeKey? runtimeLimit = null) => _runtimeLimit = runtimeLimit;

    /// <summary>Connections now.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The monitor's limit; of several the least counts, and it silences the runtime key. Before workers run.</summary>
    public void SetLimit(long limit) => _limit = Math.Min(_limit, limit);

    internal bool TryAdd(bool ignoreLimit)
    {
        long limit = ignoreLimit ? long.MaxValue : Limit;
        long seen = Volatile.Read(ref _count);
        while (seen < limit)
        {
            long found = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    internal void Remove() => Interlocked.Decrement(ref _count);

    private long Limit => _limit != long.MaxValue || _runtimeLimit is null
        ? _limit
        : (long)Math.Min(_runtimeLimit.GetInteger(long.MaxValue), long.MaxValue);
}
