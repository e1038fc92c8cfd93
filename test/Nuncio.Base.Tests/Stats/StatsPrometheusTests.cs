using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class StatsPrometheusTests
{
    [Fact]
    public void StatsOfOneExtractedName_ShareOneTypeLine()
    {
        var store = new StatsStore(1);
        store.Root().Counter("cluster.b.upstream_cx_total").Add(2);
        store.Root().Counter("cluster.a.upstream_rq_200").Add(3);
        store.Root().Counter("cluster.a.upstream_cx_total").Add(1);
        store.Root().Gauge("server.live").Set(1);

        const string Expected = """
            # TYPE envoy_cluster_upstream_cx_total counter
            envoy_cluster_upstream_cx_total{envoy_cluster_name="a"} 1
            envoy_cluster_upstream_cx_total{envoy_cluster_name="b"} 2
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="a"} 3
            # TYPE envoy_server_live gauge
            envoy_server_live{} 1

            """;
        Assert.Equal(Expected, Rendered.As(StatsFormat.Prometheus, store));
    }

    [Fact]
    public void NamesThatBecomeEqual_ShareOneTypeLine()
    {
        var store = new StatsStore(1);
        store.Root().Counter("a.b").Inc();
        store.Root().Counter("a.b-c").Inc();
        store.Root().Counter("a_b").Inc();

        Assert.Equal(
            "# TYPE envoy_a_b counter\nenvoy_a_b{} 1\nenvoy_a_b{} 1\n# TYPE envoy_a_b_c counter\nenvoy_a_b_c{} 1\n",
            Rendered.As(StatsFormat.Prometheus, store));
    }

    [Fact]
    public void LabelValues_AreEscaped()
    {
        var store = new StatsStore(1, new StatsConfig { Tags = [TagSpecifier.Fixed("my-tag.x", "q\"s\\n\nü")] });
        store.Root().Counter("c").Inc();

        Assert.Equal(
            "# TYPE envoy_c counter\nenvoy_c{my_tag_x=\"q\\\"s\\\\n\\nü\"} 1\n", Rendered.As(StatsFormat.Prometheus, store));
    }

    [Fact]
    public void Histogram_HasBucketsSumAndCount()
    {
        var store = new StatsStore(1, new StatsConfig
        {
            HistogramBuckets = [new HistogramBucketSettings(StatNamePattern.Prefix("cluster."), [0.1, 25, 1_800_000])],
        });
        Histogram histogram = store.Root().Histogram("cluster.a.time");
        histogram.Record(0L);
        histogram.Record(20L);
        histogram.Record(30L);
        store.Flush();

        const string Expected = """
            # TYPE envoy_cluster_time histogram
            envoy_cluster_time_bucket{envoy_cluster_name="a",le="0.10000000000000000555111512312578"} 1
            envoy_cluster_time_bucket{envoy_cluster_name="a",le="25"} 2
            envoy_cluster_time_bucket{envoy_cluster_name="a",le="1800000"} 3
            envoy_cluster_time_bucket{envoy_cluster_name="a",le="+Inf"} 3
            envoy_cluster_time_sum{envoy_cluster_name="a"} 51
            envoy_cluster_time_count{envoy_cluster_name="a"} 3

            """;
        Assert.Equal(Expected, Rendered.As(StatsFormat.Prometheus, store));
    }

    [Fact]
    public void Summary_HasTheQuantilesOfTheInterval()
    {
        var store = new StatsStore(1);
        Histogram histogram = store.Root().Histogram("time");
        histogram.Record(5L);
        store.Flush();
        histogram.Record(200L);
        store.Flush();

        string text = Rendered.As(StatsFormat.Prometheus, store, "histogram_buckets=summary");
        Assert.StartsWith(
            "# TYPE envoy_time summary\nenvoy_time{quantile=\"0\"} 200\nenvoy_time{quantile=\"0.25\"} 202.5\n",
            text,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "envoy_time{quantile=\"1\"} 210\nenvoy_time_sum{} 205\nenvoy_time_count{} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TextReadouts_AreShownOnlyWhenAskedFor()
    {
        var store = new StatsStore(1);
        store.Root().TextReadout("control_plane.identifier").Set("cp\"1");

        Assert.Equal("", Rendered.As(StatsFormat.Prometheus, store));
        Assert.Equal(
            "# TYPE envoy_control_plane_identifier gauge\nenvoy_control_plane_identifier{text_value=\"cp\\\"1\"} 0\n",
            Rendered.As(StatsFormat.Prometheus, store, "text_readouts"));
    }

    [Fact]
    public void Filters_NarrowTheList()
    {
        var store = new StatsStore(1);
        store.Root().Counter("cluster.a.x").Inc();
        store.Root().Counter("cluster.a.y");
        store.Root().Counter("cluster.b.x").Inc();

        Assert.Equal(
            "# TYPE envoy_cluster_x counter\nenvoy_cluster_x{envoy_cluster_name=\"a\"} 1\n",
            Rendered.As(StatsFormat.Prometheus, store, "usedonly&filter=cluster.a"));
    }
}
