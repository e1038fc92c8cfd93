using System.Buffers;

namespace Nuncio.Base.Stats;

/// <summary>Writes the stats of a store that a query asks for, in one of the formats, piece by piece.</summary>
/// <remarks>
/// Made per request by the main thread and used by it alone. The list of stats is taken when it is made; values are read when
/// they are written, so that a slow reader sees later values further down. Nothing is built in one piece: tens of thousands of
/// stats go out as fast as the reader takes them.
/// </remarks>
public abstract class StatsRenderer
{
    private readonly List<Stat> _stats = [];
    private int _next;
    private bool _begun;
    private bool _ended;

    private protected StatsRenderer(StatsQuery query) => Query = query;

    /// <summary>What was asked for.</summary>
    private protected StatsQuery Query { get; }

    /// <summary>The renderer of a query's format; the text one for the formats that wrap text in a page.</summary>
    public static StatsRenderer Create(StatsStore store, StatsQuery query) => query.Format switch
    {
        StatsFormat.Json => new StatsJson(store, query),
        StatsFormat.Prometheus => new StatsPrometheus(store, query),
        _ => new StatsText(store, query),
    };

    /// <summary>
    /// Writes on until at least <paramref name="enough"/> bytes are written. True when nothing is left to write.
    /// </summary>
    public bool Write(IBufferWriter<byte> output, int enough = 64 * 1024)
    {
        var emitter = new Utf8Emitter(output);
        if (!_begun)
        {
            _begun = true;
            Begin(ref emitter);
        }

        while (_next < _stats.Count && emitter.Written < enough)
        {
            Stat? previous = _next == 0 ? null : _stats[_next - 1];
            WriteStat(ref emitter, _stats[_next], previous);
            _next++;
        }

        if (_next == _stats.Count && !_ended)
        {
            _ended = true;
            End(ref emitter, _stats.Count == 0 ? null : _stats[^1]);
        }

        emitter.Flush();
        return _ended;
    }

    /// <summary>Writes all that is left.</summary>
    public void WriteAll(IBufferWriter<byte> output)
    {
        while (!Write(output))
        {
        }
    }

    private protected virtual void Begin(ref Utf8Emitter emitter)
    {
    }

    private protected abstract void WriteStat(ref Utf8Emitter emitter, Stat stat, Stat? previous);

    private protected virtual void End(ref Utf8Emitter emitter, Stat? last)
    {
    }

    /// <summary>Envoy's order for text and JSON: text readouts, counters and gauges together, histograms; each by name.</summary>
    private protected void AddByName(StatsStore store)
    {
        if (Query.Kind is null or StatKind.TextReadout)
        {
            Add(TextReadouts(store), static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        List<Stat> numbers = Query.Kind is null or StatKind.Counter ? Counters(store) : [];
        if (Query.Kind is null or StatKind.Gauge)
        {
            numbers.AddRange(Gauges(store));
        }

        Add(numbers, CompareNameThenKind);
        if (Query.Kind is null or StatKind.Histogram)
        {
            Add(Histograms(store), static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        }
    }

    /// <summary>Appends the stats that the query shows, in order.</summary>
    private protected void Add(List<Stat> stats, Comparison<Stat> order)
    {
        stats.RemoveAll(stat => !Query.Shows(stat));
        stats.Sort(order);
        _stats.AddRange(stats);
    }

    private protected static List<Stat> Counters(StatsStore store)
    {
        var stats = new List<CounterStat>();
        store.CopyTo(stats);
        return [.. stats];
    }

    private protected static List<Stat> Gauges(StatsStore store)
    {
        var stats = new List<GaugeStat>();
        store.CopyTo(stats);
        return [.. stats];
    }

    private protected static List<Stat> Histograms(StatsStore store)
    {
        var stats = new List<HistogramStat>();
        store.CopyTo(stats);
        return [.. stats];
    }

    private protected static List<Stat> TextReadouts(StatsStore store)
    {
        var stats = new List<TextReadoutStat>();
        store.CopyTo(stats);
        return [.. stats];
    }

    private static int CompareNameThenKind(Stat a, Stat b)
    {
        int byName = string.CompareOrdinal(a.Name, b.Name);
        return byName != 0 ? byName : a.Kind.CompareTo(b.Kind);
    }
}
