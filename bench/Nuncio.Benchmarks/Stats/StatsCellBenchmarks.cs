using BenchmarkDotNet.Attributes;
using Nuncio.Base.Stats;

namespace Nuncio.Benchmarks.Stats;

/// <summary>What a worker pays for counting: one plain add for counter and gauge, one bin search for a histogram.</summary>
public class StatsCellBenchmarks
{
    private const int Operations = 1024;

    private readonly ulong[] _latencies = new ulong[Operations];
    private Counter _counter = null!;
    private Gauge _gauge = null!;
    private Histogram _histogram = null!;

    /// <summary>Cells of one worker, and samples from microseconds to seconds as a busy proxy records them.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        StatScope scope = new StatsStore(2).Root(1);
        _counter = scope.Counter("requests");
        _gauge = scope.Gauge("active");
        _histogram = scope.Histogram("latency", HistogramUnit.Milliseconds);
        var random = new System.Random(7);
        for (int i = 0; i < _latencies.Length; i++)
        {
            _latencies[i] = (ulong)Math.Pow(10, random.NextDouble() * 4);
        }
    }

    /// <summary>Counter increments.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void CounterInc()
    {
        for (int i = 0; i < Operations; i++)
        {
            _counter.Inc();
        }
    }

    /// <summary>Gauge up and down, as for every request in flight.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void GaugeIncDec()
    {
        for (int i = 0; i < Operations; i++)
        {
            _gauge.Inc();
            _gauge.Dec();
        }
    }

    /// <summary>Histogram samples over four decades.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void HistogramRecord()
    {
        foreach (ulong latency in _latencies)
        {
            _histogram.Record(latency);
        }
    }
}
