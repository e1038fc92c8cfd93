using Nuncio.Base.Stats;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// The child's side of statistics: the parent's counts are added to its counters, the parent's gauges to its gauges, in a cell that
/// belongs to nobody else. When the parent is gone its gauges count nothing any more; what its counters counted stays.
/// </summary>
/// <remarks>Owner: main thread, the only writer of the cell. Ends with the parent.</remarks>
internal sealed class StatsImporter
{
    private readonly StatScope _root;
    private readonly StatScope _scope;
    private readonly Dictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Gauge> _gauges = new(StringComparer.Ordinal);
    private readonly Gauge _connections;

    /// <summary>For the last cell of the store, which the composition leaves to the parent.</summary>
    internal StatsImporter(StatsStore store)
    {
        _root = store.Root(store.CellCount - 1);
        _scope = _root.SubScope("");
        _connections = _root.Gauge("server.total_connections");
    }

    internal void AddToCounter(string name, long delta)
    {
        if (!_counters.TryGetValue(name, out Counter? counter))
        {
            counter = _scope.Counter(name);
            _counters.Add(name, counter);
        }

        counter.Add(Math.Max(delta, 0));
    }

    internal void SetGauge(string name, long value)
    {
        if (!ImportableGauges.Contains(name))
        {
            return;
        }

        if (!_gauges.TryGetValue(name, out Gauge? gauge))
        {
            gauge = _scope.Gauge(name);
            _gauges.Add(name, gauge);
        }

        gauge.Set(value);
    }

    /// <summary>Connections of the parent, part of <c>server.total_connections</c>.</summary>
    internal void SetConnections(long connections) => _connections.Set(connections);

    /// <summary>How long the processes before this one lived, part of <c>server.uptime</c> for good.</summary>
    internal void SetEarlierUptime(TimeSpan uptime) => _root.Gauge("server.uptime").Set((long)uptime.TotalSeconds);

    /// <summary>The parent is gone. Stats that only it had leave the store.</summary>
    internal void End()
    {
        foreach (Gauge gauge in _gauges.Values)
        {
            gauge.Set(0);
        }

        _connections.Set(0);
        _gauges.Clear();
        _counters.Clear();
        _scope.Dispose();
    }
}
