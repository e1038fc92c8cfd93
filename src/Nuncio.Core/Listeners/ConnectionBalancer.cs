namespace Nuncio.Core.Listeners;

/// <summary>
/// Chooses the worker that serves an accepted connection. One per listener, shared by its workers. Envoy:
/// <c>Listener.ConnectionBalanceConfig</c>.
/// </summary>
internal abstract class ConnectionBalancer
{
    /// <summary>A worker takes connections of the listener from now on.</summary>
    internal abstract void Add(ActiveListener listener);

    /// <summary>A worker takes no more.</summary>
    internal abstract void Remove(ActiveListener listener);

    /// <summary>
    /// Who is to have the connection that <paramref name="acceptedBy"/> accepted; it is counted there (<see cref="Released"/> ends that).
    /// </summary>
    internal abstract ActiveListener Pick(ActiveListener acceptedBy);

    /// <summary>A connection that was given to this worker has ended.</summary>
    internal abstract void Released(ActiveListener listener);
}

/// <summary>Always the worker with the fewest connections of the listener, under one lock (<c>exact_balance</c>).</summary>
/// <remarks>For few, long-lived connections; the lock is taken once for each new one and once when it ends.</remarks>
internal sealed class ExactBalancer : ConnectionBalancer
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _listeners = [];

    internal override void Add(ActiveListener listener)
    {
        lock (_lock)
        {
            _listeners.Add(new Entry(listener));
        }
    }

    internal override void Remove(ActiveListener listener)
    {
        lock (_lock)
        {
            _listeners.RemoveAll(e => e.Listener == listener);
        }
    }

    internal override ActiveListener Pick(ActiveListener acceptedBy)
    {
        lock (_lock)
        {
            Entry? best = null;
            foreach (Entry entry in _listeners)
            {
                // Of equals the one that accepted it, which spares the way to another thread.
                if (best is null || entry.Connections < best.Connections ||
                    (entry.Connections == best.Connections && entry.Listener == acceptedBy))
                {
                    best = entry;
                }
            }

            if (best is null)
            {
                return acceptedBy;
            }

            best.Connections++;
            return best.Listener;
        }
    }

    internal override void Released(ActiveListener listener)
    {
        lock (_lock)
        {
            if (_listeners.Find(e => e.Listener == listener) is { } entry)
            {
                entry.Connections--;
            }
        }
    }

    private sealed class Entry(ActiveListener listener)
    {
        internal ActiveListener Listener { get; } = listener;

        internal int Connections { get; set; }
    }
}
