namespace Nuncio.Base.Stats;

/// <summary>All statistics of the process.</summary>
/// <remarks>
/// <para>
/// Made once at start, lives as long as the process. A stat has one cell per thread that counts: index 0 to
/// <see cref="CellCount"/> - 1, which thread has which is the composition's choice. Threads increment their cells without asking
/// the store; making, dropping, flushing and listing stats is control-plane work under one lock, which is why a lock may be here.
/// </para>
/// <para>
/// Memory of a counter with N cells that all exist: about 80 bytes of stat, 24 + 8N of cell array, 24N of cells, 8N of scope
/// lists, 40 to 80 of dictionary entry and two per character of the name; measured 490 with N = 4 and a name of 43 characters.
/// </para>
/// </remarks>
public sealed class StatsStore
{
    private readonly Lock _lock = new();
    private readonly StatsConfig _config;
    private readonly TagProducer _tags;
    private readonly StatScope[] _roots;

    private readonly Dictionary<string, CounterStat> _counters = [];
    private readonly Dictionary<string, GaugeStat> _gauges = [];
    private readonly Dictionary<string, HistogramStat> _histograms = [];
    private readonly Dictionary<string, TextReadoutStat> _textReadouts = [];

    // Reused by every flush, so that flushing leaves no garbage. Touched by the main thread only.
    private readonly List<CounterStat> _flushedCounters = [];
    private readonly List<HistogramStat> _flushedHistograms = [];

    /// <summary>
    /// Makes an empty store whose stats have <paramref name="cellCount"/> cells each (workers plus the main thread).
    /// </summary>
    public StatsStore(int cellCount, StatsConfig? config = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cellCount, 1);
        _config = config ?? new StatsConfig();
        _tags = new TagProducer(_config.Tags, _config.UseAllDefaultTags);
        _roots = new StatScope[cellCount];
        for (int i = 0; i < cellCount; i++)
        {
            _roots[i] = new StatScope(this, "", i, null);
        }
    }

    /// <summary>Cells of every stat.</summary>
    public int CellCount => _roots.Length;

    /// <summary>The scope without a prefix for one cell; the same object every time.</summary>
    public StatScope Root(int cellIndex = 0) => _roots[cellIndex];

    /// <summary>
    /// Latches the counters' deltas and merges the histograms' intervals. Main thread, every <c>stats_flush_interval</c> or when
    /// the admin asks.
    /// </summary>
    public void Flush()
    {
        CopyTo(_flushedCounters);
        CopyTo(_flushedHistograms);
        foreach (CounterStat counter in _flushedCounters)
        {
            counter.Latch();
        }

        foreach (HistogramStat histogram in _flushedHistograms)
        {
            histogram.Merge();
        }

        _flushedCounters.Clear();
        _flushedHistograms.Clear();
    }

    /// <summary>Makes every counter show 0 (<c>POST /reset_counters</c>). Latched deltas are not touched. Main thread.</summary>
    public void ResetCounters()
    {
        var counters = new List<CounterStat>();
        CopyTo(counters);
        foreach (CounterStat counter in counters)
        {
            counter.Reset();
        }
    }

    /// <summary>A counter by its full name.</summary>
    public CounterStat? FindCounter(string name) => Find(_counters, name);

    /// <summary>A gauge by its full name.</summary>
    public GaugeStat? FindGauge(string name) => Find(_gauges, name);

    /// <summary>A histogram by its full name.</summary>
    public HistogramStat? FindHistogram(string name) => Find(_histograms, name);

    /// <summary>A text readout by its full name.</summary>
    public TextReadoutStat? FindTextReadout(string name) => Find(_textReadouts, name);

    /// <summary>The value of a counter by its full name; 0 where there is none.</summary>
    public long CounterValue(string name) => FindCounter(name)?.Value ?? 0;

    /// <summary>The value of a gauge by its full name; 0 where there is none.</summary>
    public long GaugeValue(string name) => FindGauge(name)?.Value ?? 0;

    /// <summary>Appends all counters, in no order.</summary>
    public void CopyTo(List<CounterStat> counters) => Copy(_counters, counters);

    /// <summary>Appends all gauges, in no order.</summary>
    public void CopyTo(List<GaugeStat> gauges) => Copy(_gauges, gauges);

    /// <summary>Appends all histograms, in no order.</summary>
    public void CopyTo(List<HistogramStat> histograms) => Copy(_histograms, histograms);

    /// <summary>Appends all text readouts, in no order.</summary>
    public void CopyTo(List<TextReadoutStat> textReadouts) => Copy(_textReadouts, textReadouts);

    internal Counter Counter(StatScope scope, string name)
    {
        string fullName = scope.Join(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(scope.IsDisposed, scope);
            if (!_counters.TryGetValue(fullName, out CounterStat? stat))
            {
                if (_config.Matcher.Rejects(fullName))
                {
                    return new Counter();
                }

                stat = new CounterStat(_tags.Identify(fullName), CellCount);
                _counters.Add(fullName, stat);
            }

            Counter cell = stat.Cell(scope.CellIndex, out bool made);
            scope.Hold(stat, made);
            return cell;
        }
    }

    internal Gauge Gauge(StatScope scope, string name, bool hidden)
    {
        string fullName = scope.Join(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(scope.IsDisposed, scope);
            if (!_gauges.TryGetValue(fullName, out GaugeStat? stat))
            {
                if (_config.Matcher.Rejects(fullName))
                {
                    return new Gauge();
                }

                stat = new GaugeStat(_tags.Identify(fullName), CellCount, hidden);
                _gauges.Add(fullName, stat);
            }

            Gauge cell = stat.Cell(scope.CellIndex, out bool made);
            scope.Hold(stat, made);
            return cell;
        }
    }

    internal Histogram Histogram(StatScope scope, string name, HistogramUnit unit)
    {
        string fullName = scope.Join(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(scope.IsDisposed, scope);
            if (!_histograms.TryGetValue(fullName, out HistogramStat? stat))
            {
                if (_config.Matcher.Rejects(fullName))
                {
                    return new Histogram();
                }

                double[] buckets = HistogramBucketSettings.BucketsFor(fullName, _config.HistogramBuckets);
                stat = new HistogramStat(_tags.Identify(fullName), CellCount, unit, buckets);
                _histograms.Add(fullName, stat);
            }

            Histogram cell = stat.Cell(scope.CellIndex, out bool made);
            scope.Hold(stat, made);
            return cell;
        }
    }

    internal TextReadout TextReadout(StatScope scope, string name)
    {
        string fullName = scope.Join(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(scope.IsDisposed, scope);
            bool made = false;
            if (!_textReadouts.TryGetValue(fullName, out TextReadoutStat? stat))
            {
                if (_config.Matcher.Rejects(fullName))
                {
                    return new TextReadout();
                }

                stat = new TextReadoutStat(_tags.Identify(fullName));
                _textReadouts.Add(fullName, stat);
                made = true;
            }

            scope.Hold(stat, made);
            return stat.Cell;
        }
    }

    internal StatScope SubScope(StatScope parent, string name)
    {
        var scope = new StatScope(this, parent.Join(name), parent.CellIndex, parent);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(parent.IsDisposed, parent);
            parent.Adopt(scope);
        }

        return scope;
    }

    internal void Release(StatScope scope)
    {
        lock (_lock)
        {
            scope.ReleaseAll();
        }
    }

    /// <summary>Forgets a stat that no scope holds. Under the lock.</summary>
    internal void Drop(Stat stat)
    {
        switch (stat.Kind)
        {
            case StatKind.Counter:
                _counters.Remove(stat.Name);
                break;
            case StatKind.Gauge:
                _gauges.Remove(stat.Name);
                break;
            case StatKind.Histogram:
                _histograms.Remove(stat.Name);
                break;
            default:
                _textReadouts.Remove(stat.Name);
                break;
        }
    }

    private TStat? Find<TStat>(Dictionary<string, TStat> stats, string name)
        where TStat : Stat
    {
        lock (_lock)
        {
            return stats.GetValueOrDefault(name);
        }
    }

    private void Copy<TStat>(Dictionary<string, TStat> stats, List<TStat> target)
    {
        lock (_lock)
        {
            target.AddRange(stats.Values);
        }
    }
}
