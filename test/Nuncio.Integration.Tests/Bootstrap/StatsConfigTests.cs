using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Bootstrap;

/// <summary>What a bootstrap says of statistics reaches them.</summary>
public sealed class StatsConfigTests
{
    private const string Fields = """
        stats_config:
          use_all_default_tags: false
          stats_tags:
          - { tag_name: which, regex: "^cluster\\.((.+?)\\.)" }
          - { tag_name: env, fixed_value: test }
          stats_matcher: { exclusion_list: { patterns: [{ prefix: http.test.downstream_cx }] } }
          histogram_bucket_settings: [{ match: { prefix: http.test. }, buckets: [7, 70] }]

        """;

    [Fact]
    public void TagsMatcherAndBuckets_AreTaken()
    {
        using TestServer server = TestServer.Start(Fields + "stats_flush_on_admin: true\n" + Configs.Http(1));
        Assert.Equal(200, server.Get("http", "/direct").Status);

        string prometheus = server.Admin("/stats/prometheus?filter=upstream_cx_total").Body;
        Assert.Contains("envoy_cluster_upstream_cx_total{env=\"test\",which=\"upstream\"} 0\n", prometheus, StringComparison.Ordinal);
        Assert.Contains("http.test.downstream_rq_2xx: 1\n", server.Admin("/stats").Body, StringComparison.Ordinal);
        Assert.DoesNotContain("http.test.downstream_cx", server.Admin("/stats").Body, StringComparison.Ordinal);

        string buckets = server.Admin("/stats?histogram_buckets=cumulative&filter=http.test.downstream_rq_time").Body;
        Assert.Contains("B7(", buckets, StringComparison.Ordinal);
        Assert.Contains("B70(", buckets, StringComparison.Ordinal);
        Assert.DoesNotContain("B10(", buckets, StringComparison.Ordinal);
    }

    [Fact]
    public void FlushOnAdmin_ShowsWhatCameSinceTheLastLook()
    {
        using TestServer server = TestServer.Start("stats_flush_on_admin: true\n" + Configs.Http(1));
        server.Get("http", "/direct");

        Assert.Contains("P100(", server.Admin("/stats?filter=http.test.downstream_rq_time").Body, StringComparison.Ordinal);
        Assert.Contains("P100(nan,", server.Admin("/stats?filter=http.test.downstream_rq_time").Body, StringComparison.Ordinal);
    }
}
