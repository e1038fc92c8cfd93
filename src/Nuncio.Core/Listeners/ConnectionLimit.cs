using Nuncio.Core.Runtime;

namespace Nuncio.Core.Listeners;

/// <summary>
/// How many connections one listener may have on all workers: runtime key <c>envoy.resource_limits.listener.&lt;name&gt;.connection_limit</c>,
/// without limit where it is not set.
/// </summary>
/// <remarks>Any worker; exact, which costs one shared counter per listener.</remarks>
internal sealed class ConnectionLimit(RuntimeKey limit)
{
    private long _count;

    /// <summary>Counts one more; false, and nothing is counted, when that would be too many.</summary>
    internal bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= (long)Math.Min(limit.GetInteger(long.MaxValue), long.MaxValue))
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>Counts one more, even if that is too many.</summary>
    internal void CountOne() => Interlocked.Increment(ref _count);

    /// <summary>One has ended.</summary>
    internal void Release() => Interlocked.Decrement(ref _count);
}
