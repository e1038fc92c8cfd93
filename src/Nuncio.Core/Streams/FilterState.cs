namespace Nuncio.Core.Streams;

/// <summary>Which upstream connections of the same downstream connection see a value. Envoy: "Sharing with upstream".</summary>
public enum FilterStateSharing : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>The next connection.</summary>
    Once,

    /// <summary>The next connection, and those that it makes in turn (internal listeners).</summary>
    Transitive,
}

/// <summary>
/// Named objects that filters leave for later filters, matchers, formatters and upstream connections (Envoy: "Filter state"). One for a
/// connection; a request has its own, which falls back on its connection's.
/// </summary>
/// <remarks>Owner: the connection's worker. Made when something is first written; most connections and requests have none.</remarks>
public sealed class FilterState
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <param name="connection">The connection's, for that of a request.</param>
    public FilterState(FilterState? connection = null) => Connection = connection;

    /// <summary>That of the connection; null when this is it, or it has none.</summary>
    public FilterState? Connection { get; }

    /// <summary>The value of a key, here or in the connection's; null when there is none.</summary>
    public object? Find(string key) =>
        _entries.TryGetValue(key, out Entry entry) ? entry.Value : Connection?.Find(key);

    /// <summary>The value as text, as formatters and matchers see it; null when there is none.</summary>
    public string? FindText(string key) => Find(key)?.ToString();

    /// <summary>Sets a value; false when there is one already and either of them is read-only: the one that is there stays.</summary>
    /// <param name="value">Its <see cref="object.ToString"/> is what formatters print.</param>
    public bool TrySet(string key, object value, bool readOnly = false, FilterStateSharing sharing = FilterStateSharing.None)
    {
        // Envoy: nor does a read-only value take the place of one that may change.
        if (_entries.TryGetValue(key, out Entry before) && (before.ReadOnly || readOnly))
        {
            return false;
        }

        _entries[key] = new Entry(value, readOnly, sharing);
        return true;
    }

    /// <summary>What an upstream connection made now is given: null when nothing is shared.</summary>
    public FilterState? ForUpstream()
    {
        FilterState? shared = null;
        AddShared(ref shared);
        return shared;
    }

    private void AddShared(ref FilterState? shared)
    {
        Connection?.AddShared(ref shared);
        foreach ((string key, Entry entry) in _entries)
        {
            if (entry.Sharing != FilterStateSharing.None)
            {
                shared ??= new FilterState();
                FilterStateSharing next = entry.Sharing == FilterStateSharing.Transitive ? entry.Sharing : FilterStateSharing.None;
                shared._entries[key] = new Entry(entry.Value, entry.ReadOnly, next);
            }
        }
    }

    private readonly record struct Entry(object Value, bool ReadOnly, FilterStateSharing Sharing);
}
