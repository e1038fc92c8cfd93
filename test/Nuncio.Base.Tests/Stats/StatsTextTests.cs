using System.Buffers;
using System.Text;
using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class StatsTextTests
{
    private static StatsStore Sample()
    {
        var store = new StatsStore(1);
        StatScope root = store.Root();
        root.Counter("b.count").Add(12);
        root.Counter("a.unused");
        root.Gauge("a.gauge").Set(3);
        root.Gauge("z.hidden", hidden: true).Set(9);
        root.TextReadout("z.text").Set("v1");
        root.Histogram("h.empty");
        Histogram histogram = root.Histogram("h.time", HistogramUnit.Milliseconds);
        histogram.Record(200L);
        store.Flush();
        histogram.Record(300L);
        histogram.Record(300L);
        store.Flush();
        return store;
    }

    [Fact]
    public void AllStats_TextsThenNumbersThenHistogramsByName()
    {
        const string Expected = """
            z.text: "v1"
            a.gauge: 3
            a.unused: 0
            b.count: 12
            h.empty: No recorded values
            h.time: P0(300,200) P25(302.5,207.5) P50(305,302.5) P75(307.5,306.25) P90(309,308.5) P95(309.5,309.25) P99(309.9,309.85) P99.5(309.95,309.925) P99.9(309.99,309.985) P100(310,310)

            """;

        Assert.Equal(Expected, Rendered.As(StatsFormat.Text, Sample()));
    }

    [Fact]
    public void NothingInTheInterval_IsNan()
    {
        StatsStore store = Sample();
        store.Flush();

        string text = Rendered.As(StatsFormat.Text, store, "filter=h%5c.time");
        Assert.StartsWith("h.time: P0(nan,200) P25(nan,207.5) ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("usedonly&type=Counters", "b.count: 12\n")]
    [InlineData("type=Counters", "a.unused: 0\nb.count: 12\n")]
    [InlineData("type=Gauges", "a.gauge: 3\n")]
    [InlineData("type=TextReadouts", "z.text: \"v1\"\n")]
    [InlineData("type=Histograms&filter=empty", "h.empty: No recorded values\n")]
    [InlineData("type=Histograms&filter=empty&usedonly", "")]
    [InlineData("type=All&filter=%5Ea", "a.gauge: 3\na.unused: 0\n")]
    [InlineData("hidden=only", "z.hidden: 9\n")]
    [InlineData("hidden=include&type=Gauges", "a.gauge: 3\nz.hidden: 9\n")]
    [InlineData("hidden=exclude&type=Gauges&unknown=1", "a.gauge: 3\n")]
    [InlineData("filter=gauge|count&filter=x", "a.gauge: 3\nb.count: 12\n")]
    public void Filters_NarrowTheList(string query, string expected) =>
        Assert.Equal(expected, Rendered.As(StatsFormat.Text, Sample(), query));

    [Fact]
    public void BucketModes_ShowBucketsOrBins()
    {
        StatsStore store = Sample();
        Assert.Equal(
            "h.time: B0.5(0,0) B1(0,0) B5(0,0) B10(0,0) B25(0,0) B50(0,0) B100(0,0) B250(0,1) B500(2,3) B1000(2,3) B2500(2,3) "
            + "B5000(2,3) B10000(2,3) B30000(2,3) B60000(2,3) B300000(2,3) B600000(2,3) B1.8e+06(2,3) B3.6e+06(2,3)\n",
            Rendered.As(StatsFormat.Text, store, "filter=h.time&histogram_buckets=cumulative"));
        Assert.Equal(
            "h.time: B0.5(0,0) B1(0,0) B5(0,0) B10(0,0) B25(0,0) B50(0,0) B100(0,0) B250(0,1) B500(2,2) B1000(0,0) B2500(0,0) "
            + "B5000(0,0) B10000(0,0) B30000(0,0) B60000(0,0) B300000(0,0) B600000(0,0) B1.8e+06(0,0) B3.6e+06(0,0)\n",
            Rendered.As(StatsFormat.Text, store, "filter=h.time&histogram_buckets=disjoint"));
        Assert.StartsWith(
            "h.time:\n  totals=200,10:1, 300,10:2\n  intervals=300,10:2\n  summary=P0(300,200) P25(302.5,207.5) ",
            Rendered.As(StatsFormat.Text, store, "filter=h.time&histogram_buckets=detailed"),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "h.time: P0(300,200) ",
            Rendered.As(StatsFormat.Text, store, "filter=h.time&histogram_buckets=summary"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("filter=(", "Invalid re2 regex")]
    [InlineData("type=counters", "invalid &type= param")]
    [InlineData("format=xml", "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n")]
    [InlineData("hidden=maybe", "usage: /stats?hidden=(include|only|exclude)\n\n")]
    [InlineData("histogram_buckets=x", "usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary)\n")]
    [InlineData("format=prometheus&histogram_buckets=detailed", "unsupported prometheus histogram bucket mode")]
    public void InvalidParameter_IsAnsweredAsByEnvoy(string query, string expected)
    {
        Assert.False(StatsQuery.TryParse(query, StatsFormat.Text, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void ManyStats_GoOutInPiecesAndWhole()
    {
        var store = new StatsStore(1);
        for (int i = 0; i < 10_000; i++)
        {
            store.Root().Counter($"cluster.backend_{i:D5}.upstream_cx_total").Add(i);
        }

        var whole = new ArrayBufferWriter<byte>();
        var renderer = new StatsText(store, new StatsQuery());
        int pieces = 0;
        bool done;
        do
        {
            var piece = new ArrayBufferWriter<byte>();
            done = renderer.Write(piece, enough: 1000);
            Assert.InRange(piece.WrittenCount, 1, 1100);
            whole.Write(piece.WrittenSpan);
            pieces++;
        }
        while (!done);

        string[] lines = Encoding.UTF8.GetString(whole.WrittenSpan).Split('\n');
        Assert.True(pieces > 100);
        Assert.Equal(10_001, lines.Length);
        Assert.Equal("cluster.backend_00007.upstream_cx_total: 7", lines[7]);
        Assert.Equal("cluster.backend_09999.upstream_cx_total: 9999", lines[9999]);
    }
}
