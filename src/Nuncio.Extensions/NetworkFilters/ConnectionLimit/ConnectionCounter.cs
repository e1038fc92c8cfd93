namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary>Counts connections up to a limit. Any thread: the one thing that the workers of a filter chain share.</summary>
public sealed class ConnectionCounter(long limit)
{
    private long _count;

    /// <summary>Counts one more; false, and it is not counted, when the limit is reached.</summary>
    public bool TryEnter()
    {
        long before = Volatile.Read(ref _count);
        while (before < limit)
        {
            long found = Interlocked.CompareExchange(ref _count, before + 1, before);
            if (found == before)
            {
                return true;
            }

            before = found;
        }

        return false;
    }

    /// <summary>Takes back one that entered.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
