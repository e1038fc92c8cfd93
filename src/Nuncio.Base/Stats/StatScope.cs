namespace Nuncio.Base.Stats;

/// <summary>A prefix and a cell index: where feature code gets its stats from.</summary>
/// <remarks>
/// <para>
/// A feature's stats class is made once per thread with a scope of that thread's index:
/// <c>sealed class ListenerStats(StatScope scope) { public readonly Counter CxTotal = scope.Counter("downstream_cx_total");
/// }</c>.
/// </para>
/// <para>
/// Any thread may make or dispose a scope and ask it for stats: that is control-plane work under the store's lock. What it
/// returns belongs to the thread of the index. Disposing a scope disposes its sub-scopes and lets go of their stats; a stat that
/// no scope holds any more leaves the store. Cells already handed out go on working, uncounted.
/// </para>
/// </remarks>
public sealed class StatScope : IDisposable
{
    private readonly StatScope? _parent;
    private StatScope? _firstChild;
    private StatScope? _next;
    private StatScope? _previous;
    private List<Stat>? _held;

    internal StatScope(StatsStore store, string prefix, int cellIndex, StatScope? parent)
    {
        Store = store;
        Prefix = prefix;
        CellIndex = cellIndex;
        _parent = parent;
    }

    /// <summary>The store.</summary>
    public StatsStore Store { get; }

    /// <summary>The prefix of all names, without a dot at its end; empty for the root.</summary>
    public string Prefix { get; }

    /// <summary>The cell that stats of this scope write.</summary>
    public int CellIndex { get; }

    /// <summary>Whether its stats were let go of; no other can be made.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>This thread's cell of the counter <c>prefix.name</c>.</summary>
    public Counter Counter(string name) => Store.Counter(this, name);

    /// <summary>
    /// This thread's cell of the gauge <c>prefix.name</c>. A hidden one is only shown with <c>hidden=include</c>.
    /// </summary>
    public Gauge Gauge(string name, bool hidden = false) => Store.Gauge(this, name, hidden);

    /// <summary>This thread's cell of the histogram <c>prefix.name</c>. The unit of the first one to ask counts.</summary>
    public Histogram Histogram(string name, HistogramUnit unit = HistogramUnit.Unspecified) => Store.Histogram(this, name, unit);

    /// <summary>The text readout <c>prefix.name</c>; the same object for every cell index.</summary>
    public TextReadout TextReadout(string name) => Store.TextReadout(this, name);

    /// <summary>A scope below this one, for the same cell. Disposed with this one, or before.</summary>
    public StatScope SubScope(string name) => Store.SubScope(this, name);

    /// <summary>Lets go of every stat of this scope and of the scopes below it. A root scope is not disposed.</summary>
    public void Dispose() => Store.Release(this);

    /// <summary>The full name of a stat of this scope.</summary>
    internal string Join(string name)
    {
        string clean = StatName.Sanitize(name);
        return Prefix.Length == 0 ? clean : clean.Length == 0 ? Prefix : string.Concat(Prefix, ".", clean);
    }

    // What follows is called under the store's lock.

    internal void Adopt(StatScope child)
    {
        child._next = _firstChild;
        if (_firstChild is not null)
        {
            _firstChild._previous = child;
        }

        _firstChild = child;
    }

    /// <summary>Notes that this scope uses a stat. <paramref name="isNew"/>: it cannot be held by this scope already.</summary>
    internal void Hold(Stat stat, bool isNew)
    {
        _held ??= [];
        if (isNew || !_held.Contains(stat))
        {
            _held.Add(stat);
            stat.Holders++;
        }
    }

    internal void ReleaseAll()
    {
        if (IsDisposed)
        {
            return;
        }

        IsDisposed = true;
        while (_firstChild is { } child)
        {
            child.ReleaseAll();
        }

        Unlink();
        foreach (Stat stat in _held ?? [])
        {
            if (--stat.Holders == 0)
            {
                Store.Drop(stat);
            }
        }

        _held = null;
    }

    private void Unlink()
    {
        if (_previous is not null)
        {
            _previous._next = _next;
        }
        else if (_parent is not null)
        {
            _parent._firstChild = _next;
        }

        if (_next is not null)
        {
            _next._previous = _previous;
        }

        _next = null;
        _previous = null;
    }
}
