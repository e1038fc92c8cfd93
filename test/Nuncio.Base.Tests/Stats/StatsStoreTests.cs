using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class StatsStoreTests
{
    [Fact]
    public void Flush_LatchesWhatCameSinceTheLastOne()
    {
        var store = new StatsStore(2);
        Counter main = store.Root(0).Counter("c");
        Counter worker = store.Root(1).Counter("c");
        CounterStat stat = store.FindCounter("c")!;
        main.Add(3);
        worker.Add(4);
        Assert.Equal(0, stat.LatchedDelta);

        store.Flush();
        Assert.Equal(7, stat.LatchedDelta);

        worker.Inc();
        store.Flush();
        Assert.Equal(1, stat.LatchedDelta);
        store.Flush();
        Assert.Equal(0, stat.LatchedDelta);
        Assert.Equal(8, stat.Value);
    }

    [Fact]
    public void ResetCounters_ShowsZeroAndKeepsDeltasUsedAndGauges()
    {
        var store = new StatsStore(1);
        Counter counter = store.Root().Counter("c");
        store.Root().Gauge("g").Set(5);
        CounterStat stat = store.FindCounter("c")!;
        counter.Add(10);
        store.Flush();
        counter.Add(2);

        store.ResetCounters();
        Assert.Equal(0, stat.Value);
        Assert.True(stat.Used);
        Assert.Equal(5, store.GaugeValue("g"));

        counter.Inc();
        store.Flush();
        Assert.Equal(1, stat.Value);
        Assert.Equal(3, stat.LatchedDelta);
    }

    [Fact]
    public void Used_IsSetByTheFirstChangeOnly()
    {
        var store = new StatsStore(1);
        Counter counter = store.Root().Counter("c");
        Gauge gauge = store.Root().Gauge("g");
        TextReadout text = store.Root().TextReadout("t");
        Histogram histogram = store.Root().Histogram("h");
        store.Flush();
        Assert.False(store.FindCounter("c")!.Used);
        Assert.False(store.FindGauge("g")!.Used);
        Assert.False(store.FindTextReadout("t")!.Used);
        Assert.False(store.FindHistogram("h")!.Used);

        counter.Inc();
        gauge.Set(0);
        text.Set("");
        histogram.Record(0L);
        Assert.True(store.FindCounter("c")!.Used);
        Assert.True(store.FindGauge("g")!.Used);
        Assert.True(store.FindTextReadout("t")!.Used);
        Assert.False(store.FindHistogram("h")!.Used);

        store.Flush();
        Assert.True(store.FindHistogram("h")!.Used);
    }

    [Fact]
    public void RejectAll_GivesWorkingCellsThatNobodySees()
    {
        var store = new StatsStore(1, new StatsConfig { Matcher = StatsMatcher.RejectAll });
        Counter counter = store.Root().Counter("c");
        Gauge gauge = store.Root().Gauge("g");
        counter.Inc();
        gauge.Set(3);
        store.Root().Histogram("h").Record(1L);
        store.Root().TextReadout("t").Set("x");
        store.Flush();

        Assert.Equal(1, counter.Value);
        Assert.Equal(3, gauge.Value);
        Assert.Equal("", Rendered.As(StatsFormat.Text, store));
    }

    [Fact]
    public void InclusionList_MakesOnlyMatchingStats()
    {
        Assert.True(StatNamePattern.TryRegex(@"http\..*_total", out StatNamePattern regex, out _));
        var store = new StatsStore(1, new StatsConfig
        {
            Matcher = StatsMatcher.Including(
                [StatNamePattern.Exact("a.b"), StatNamePattern.Prefix("cluster_manager."), StatNamePattern.Suffix("_ms"), regex]),
        });
        foreach (string name in (string[])
            ["a.b", "a.bc", "cluster_manager.x", "cluster.x", "c.d_ms", "http.i.rq_total", "http.i.rq_totals", "xhttp.i.rq_total"])
        {
            store.Root().Counter(name);
        }

        Assert.Equal(
            "a.b: 0\nc.d_ms: 0\ncluster_manager.x: 0\nhttp.i.rq_total: 0\n", Rendered.As(StatsFormat.Text, store));
    }

    [Fact]
    public void ExclusionList_MakesAllOthers()
    {
        var store = new StatsStore(1, new StatsConfig
        {
            Matcher = StatsMatcher.Excluding([StatNamePattern.Contains(".SSL.", ignoreCase: true)]),
        });
        store.Root().Counter("listener.a.ssl.handshake");
        store.Root().Counter("listener.a.downstream_cx_total");

        Assert.Null(store.FindCounter("listener.a.ssl.handshake"));
        Assert.NotNull(store.FindCounter("listener.a.downstream_cx_total"));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)b")]
    [InlineData(@"(a)\1")]
    public void InvalidOrBacktrackingRegex_IsRefusedWithAReason(string expression)
    {
        Assert.False(StatNamePattern.TryRegex(expression, out _, out string error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void CountsOfManyThreads_AreExactAfterJoin()
    {
        const int Workers = 4;
        const int Times = 200_000;
        var store = new StatsStore(Workers + 1);
        using var start = new Barrier(Workers + 1);
        var threads = new Thread[Workers];
        for (int i = 0; i < Workers; i++)
        {
            StatScope root = store.Root(i + 1);
            threads[i] = new Thread(() =>
            {
                start.SignalAndWait();
                Counter counter = root.Counter("c");
                Gauge gauge = root.Gauge("g");
                Histogram histogram = root.Histogram("h");
                for (int n = 0; n < Times; n++)
                {
                    counter.Inc();
                    gauge.Inc();
                    histogram.Record((long)n);
                    gauge.Dec();
                    if (n % 1000 == 0)
                    {
                        // Making and dropping stats goes on meanwhile on all threads.
                        using StatScope scope = root.SubScope("temporary");
                        scope.Counter("x").Inc();
                    }
                }
            });
            threads[i].Start();
        }

        start.SignalAndWait(TestContext.Current.CancellationToken);
        long flushed = 0;
        for (int n = 0; n < 200; n++)
        {
            store.Flush();
            flushed += store.FindHistogram("h")?.Interval.Count ?? 0;
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        store.Flush();
        HistogramStat merged = store.FindHistogram("h")!;
        flushed += merged.Interval.Count;
        Assert.Equal(Workers * Times, store.CounterValue("c"));
        Assert.Equal(0, store.GaugeValue("g"));
        Assert.Equal(Workers * Times, merged.Cumulative.Count);
        Assert.Equal(Workers * Times, flushed);
        Assert.Null(store.FindCounter("temporary.x"));
    }

    [Fact]
    public void CountingAndFlushing_AllocateNothing()
    {
        var store = new StatsStore(1);
        Counter counter = store.Root().Counter("c");
        Gauge gauge = store.Root().Gauge("g");
        Histogram histogram = store.Root().Histogram("h");
        void Work()
        {
            for (long n = 0; n < 10_000; n++)
            {
                counter.Inc();
                counter.Add(n);
                gauge.Add(2);
                gauge.Sub(1);
                gauge.Set(n);
                histogram.Record(n);
            }

            store.Flush();
            store.Flush();
        }

        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
