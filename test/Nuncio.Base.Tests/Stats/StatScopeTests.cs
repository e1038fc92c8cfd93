using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class StatScopeTests
{
    [Fact]
    public void SameNameAndCell_GivesTheSameCounter()
    {
        var store = new StatsStore(2);
        StatScope scope = store.Root(0).SubScope("http.ingress");

        Counter first = scope.Counter("downstream_cx_total");

        Assert.Same(first, scope.Counter("downstream_cx_total"));
        Assert.Same(first, store.Root(0).Counter("http.ingress.downstream_cx_total"));
        Assert.NotSame(first, store.Root(1).Counter("http.ingress.downstream_cx_total"));
    }

    [Fact]
    public void CellsOfSeveralThreads_AreSummed()
    {
        var store = new StatsStore(3);
        for (int i = 0; i < 3; i++)
        {
            store.Root(i).Counter("c").Add(i + 1);
            store.Root(i).Gauge("g").Add(10);
        }

        store.Root(2).Gauge("g").Dec();

        Assert.Equal(6, store.CounterValue("c"));
        Assert.Equal(29, store.GaugeValue("g"));
    }

    [Fact]
    public void GaugeThatIsSeenGoingBeforeItCame_ReadsZero()
    {
        var store = new StatsStore(2);
        store.Root(0).Gauge("g").Sub(1);

        Assert.Equal(0, store.GaugeValue("g"));

        store.Root(1).Gauge("g").Add(3);
        Assert.Equal(2, store.GaugeValue("g"));
    }

    [Fact]
    public void SameNameInTwoKinds_AreTwoStats()
    {
        var store = new StatsStore(1);
        store.Root().Counter("x").Inc();
        store.Root().Gauge("x").Set(7);
        store.Root().TextReadout("x").Set("text");

        Assert.Equal(1, store.CounterValue("x"));
        Assert.Equal(7, store.GaugeValue("x"));
        Assert.Equal("text", store.FindTextReadout("x")!.Value);
    }

    [Fact]
    public void NestedSubScopes_JoinTheirNamesWithDots()
    {
        var store = new StatsStore(1);
        StatScope scope = store.Root().SubScope("cluster.a.").SubScope("ssl").SubScope("");
        scope.Counter("handshake").Inc();

        Assert.Equal(1, store.CounterValue("cluster.a.ssl.handshake"));
        Assert.Equal("cluster.a.ssl", scope.Prefix);
    }

    [Fact]
    public void LastScopeDisposed_StatLeavesTheStore()
    {
        var store = new StatsStore(2);
        StatScope main = store.Root(0).SubScope("cluster.a");
        StatScope worker = store.Root(1).SubScope("cluster.a");
        main.Counter("total").Add(2);
        worker.Counter("total").Add(3);
        worker.Gauge("active").Inc();
        worker.Histogram("time");
        worker.TextReadout("version");

        main.Dispose();
        Assert.Equal(5, store.CounterValue("cluster.a.total"));

        worker.Dispose();
        Assert.Null(store.FindCounter("cluster.a.total"));
        Assert.Null(store.FindGauge("cluster.a.active"));
        Assert.Null(store.FindHistogram("cluster.a.time"));
        Assert.Null(store.FindTextReadout("cluster.a.version"));
    }

    [Fact]
    public void AskedTwiceThenDisposed_IsReleased()
    {
        var store = new StatsStore(1);
        StatScope scope = store.Root().SubScope("a");
        scope.Counter("x");
        scope.Counter("x");
        scope.Dispose();

        Assert.Null(store.FindCounter("a.x"));
    }

    [Fact]
    public void NewScopeBeforeTheOldOneGoes_KeepsTheValue()
    {
        var store = new StatsStore(1);
        StatScope before = store.Root().SubScope("cluster.a");
        before.Counter("x").Add(4);
        StatScope after = store.Root().SubScope("cluster.a");
        after.Counter("x").Inc();
        before.Dispose();

        Assert.Equal(5, store.CounterValue("cluster.a.x"));
    }

    [Fact]
    public void ParentDisposed_ReleasesItsSubScopes()
    {
        var store = new StatsStore(1);
        StatScope parent = store.Root().SubScope("a");
        StatScope first = parent.SubScope("b");
        StatScope second = parent.SubScope("c");
        first.Counter("x");
        second.Counter("x");
        second.SubScope("d").Counter("x");

        first.Dispose();
        first.Dispose();
        Assert.Null(store.FindCounter("a.b.x"));
        Assert.NotNull(store.FindCounter("a.c.d.x"));

        parent.Dispose();
        Assert.Null(store.FindCounter("a.c.x"));
        Assert.Null(store.FindCounter("a.c.d.x"));
        Assert.Throws<ObjectDisposedException>(() => second.Counter("y"));
    }

    [Fact]
    public void CellOfADisposedScope_GoesOnWorking()
    {
        var store = new StatsStore(1);
        StatScope scope = store.Root().SubScope("a");
        Counter counter = scope.Counter("x");
        scope.Dispose();
        counter.Inc();

        Assert.Equal(1, counter.Value);
        Assert.DoesNotContain("a.x", Rendered.As(StatsFormat.Text, store), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.c.", "a.b.c")]
    [InlineData(".a.b.c", "a.b.c")]
    [InlineData("a::b", "a__b")]
    [InlineData("a.\0", "a._")]
    [InlineData("a://b", "a_b")]
    [InlineData("a:/b", "a_b")]
    [InlineData("127.0.0.1:80", "127.0.0.1_80")]
    [InlineData("a\r\nb: 5", "a__b_ 5")]
    [InlineData("plain", "plain")]
    public void Names_AreSanitised(string name, string expected) => Assert.Equal(expected, StatName.Sanitize(name));
}
