using Nuncio.Base.Diagnostics;
using Nuncio.Base.Stats;
using Nuncio.Server.CommandLine;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// <c>server.*</c> (Appendix A of the feature reference), and <c>dotnet.*</c>, our own, about the runtime below. Owner: main thread;
/// gauges that are read off the machine are true as of the last <see cref="Update"/>.
/// </summary>
internal sealed class ServerStats
{
    private readonly Gauge _uptime;
    private readonly Gauge _totalConnections;
    private readonly Gauge _allocated;
    private readonly Gauge _heapSize;
    private readonly Gauge _physical;
    private readonly Gauge _totalAllocated;
    private readonly Gauge[] _collections;
    private readonly Counter _bugFailures;
    private long _bugsCounted;

    internal ServerStats(StatScope root, int workers)
    {
        StatScope scope = root.SubScope("server");
        StatScope dotnet = root.SubScope("dotnet");
        Live = scope.Gauge("live");
        State = scope.Gauge("state");
        InitializationTime = scope.Histogram("initialization_time_ms", HistogramUnit.Milliseconds);
        StaticUnknownFields = scope.Counter("static_unknown_fields");
        _uptime = scope.Gauge("uptime");
        _totalConnections = scope.Gauge("total_connections");
        _allocated = scope.Gauge("memory_allocated");
        _heapSize = scope.Gauge("memory_heap_size");
        _physical = scope.Gauge("memory_physical_size");
        _bugFailures = scope.Counter("envoy_bug_failures");
        _totalAllocated = dotnet.Gauge("total_allocated_bytes");
        _collections = [dotnet.Gauge("gc_gen0_collections"), dotnet.Gauge("gc_gen1_collections"), dotnet.Gauge("gc_gen2_collections")];
        scope.Counter("dynamic_unknown_fields");
        scope.Counter("wip_protos");
        scope.Counter("dropped_stat_flushes");
        scope.Counter("debug_assertion_failures");
        scope.Counter("envoy_notifications");
        scope.Gauge("parent_connections").Set(0);
        scope.Gauge("hot_restart_epoch").Set(0);
        scope.Gauge("hot_restart_generation").Set(1);
        scope.Gauge("stats_recent_lookups").Set(0);
        scope.SubScope("compilation_settings").Gauge("fips_mode").Set(0);
        scope.Gauge("days_until_first_cert_expiring").Set(uint.MaxValue);
        scope.Gauge("version").Set(VersionText.AsNumber);
        scope.Gauge("concurrency").Set(workers);
    }

    internal Gauge Live { get; }

    internal Gauge State { get; }

    internal Histogram InitializationTime { get; }

    internal Counter StaticUnknownFields { get; }

    /// <summary>Reads the machine. <paramref name="exact"/> counts allocated bytes to the last one, which halts all threads for a moment.</summary>
    internal void Update(long uptimeSeconds, long connections, bool exact)
    {
        _uptime.Set(uptimeSeconds);
        _totalConnections.Set(connections);
        MemoryFigures memory = MemoryFigures.Read(exact);
        _allocated.Set(memory.Live);
        _heapSize.Set(memory.Committed);
        _physical.Set(memory.Resident);
        _totalAllocated.Set(memory.TotalAllocated);
        for (int i = 0; i < _collections.Length; i++)
        {
            _collections[i].Set(GC.CollectionCount(i));
        }

        long bugs = Bug.Count;
        _bugFailures.Add(bugs - _bugsCounted);
        _bugsCounted = bugs;
    }
}
