namespace Nuncio.Core.Listeners;

/// <summary>Always the worker with the fewest connections of the listener (<c>exact_balance</c>).</summary>
/// <remarks>
/// Any worker. Exact without a lock: a worker is chosen by raising its count from the value that was found to be the lowest; when that value
/// has changed meanwhile, the search begins anew. Counts that fall during the search make the choice no worse than it was.
/// </remarks>
internal sealed class ExactBalancer : ConnectionBalancer
{
    private Entry[] _entries = [];

    internal override void Add(ActiveListener listener)
    {
        var entry = new Entry(listener);
        Entry[] before;
        do
        {
            before = Volatile.Read(ref _entries);
        }
        while (Interlocked.CompareExchange(ref _entries, [.. before, entry], before) != before);
    }

    internal override void Remove(ActiveListener listener)
    {
        Entry[] before;
        Entry[] after;
        do
        {
            before = Volatile.Read(ref _entries);
            after = Array.FindAll(before, e => e.Listener != listener);
        }
        while (Interlocked.CompareExchange(ref _entries, after, before) != before);
    }

    internal override ActiveListener Pick(ActiveListener acceptedBy)
    {
        while (true)
        {
            Entry? best = null;
            int fewest = int.MaxValue;
            foreach (Entry entry in Volatile.Read(ref _entries))
            {
                // Of equals the one that accepted it, which spares the way to another thread.
                int connections = Volatile.Read(ref entry.Connections);
                if (connections < fewest || (connections == fewest && entry.Listener == acceptedBy))
                {
                    best = entry;
                    fewest = connections;
                }
            }

            if (best is null)
            {
                return acceptedBy;
            }

            if (Interlocked.CompareExchange(ref best.Connections, fewest + 1, fewest) == fewest)
            {
                return best.Listener;
            }
        }
    }

    internal override void Came(ActiveListener listener) => Change(listener, 1);

    internal override void Released(ActiveListener listener) => Change(listener, -1);

    private void Change(ActiveListener listener, int by)
    {
        foreach (Entry entry in Volatile.Read(ref _entries))
        {
            if (entry.Listener == listener)
            {
                Interlocked.Add(ref entry.Connections, by);
            }
        }
    }

    private sealed class Entry(ActiveListener listener)
    {
        internal readonly ActiveListener Listener = listener;
        internal int Connections;
    }
}
