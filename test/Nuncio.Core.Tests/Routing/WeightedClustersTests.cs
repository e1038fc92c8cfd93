using Nuncio.Core.Clusters;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Drawing one of several clusters.</summary>
public sealed class WeightedClustersTests
{
    [Theory]
    [InlineData(0ul, "a")]
    [InlineData(19ul, "a")]
    [InlineData(20ul, "b")]
    [InlineData(99ul, "b")]
    [InlineData(100ul, "a")]
    [InlineData(ulong.MaxValue, "a")]
    public void RandomBits_FallIntoTheWeights(ulong random, string expected)
    {
        RouteTable table = Table(null, new WeightedClusterEntry(ClusterRef.Of("a"), 20), new WeightedClusterEntry(ClusterRef.Of("b"), 80));
        Assert.Equal(expected, Draw(table, new TestRequest(random: random)));
    }

    [Fact]
    public void ClusterHeaderOfAWeight_NamesTheCluster()
    {
        RouteTable table = Table(
            null,
            new WeightedClusterEntry(ClusterRef.Of("a"), 1),
            new WeightedClusterEntry(null, 1) { ClusterHeader = TestRoutes.Key("x-cluster") });
        TestRequest request = new TestRequest(random: 1).With("x-cluster", "b").With("x-cluster", "c");

        ClusterChoice choice = table.Match(request.Input)!.Action!.ChooseCluster(request.Input);

        Assert.Null(choice.Ref);
        Assert.Equal("b"u8, choice.Name);
        Assert.True(table.Match(new TestRequest(random: 1).Input)!.Action!.ChooseCluster(new TestRequest().Input).Name.IsEmpty);
        Assert.Equal("a", table.Match(new TestRequest(random: 0).Input)!.Action!.Cluster!.Name);
    }

    [Fact]
    public void ZeroWeight_IsNeverDrawn()
    {
        RouteTable table = Table(null, new WeightedClusterEntry(ClusterRef.Of("a"), 0), new WeightedClusterEntry(ClusterRef.Of("b"), 1));
        for (ulong random = 0; random < 100; random++)
        {
            Assert.Equal("b", Draw(table, new TestRequest(random: random)));
        }
    }

    [Theory]
    [InlineData("25", null, "b")]
    [InlineData("5", null, "a")]
    [InlineData("5", "6", "b")]
    [InlineData("-5", null, "b")]
    [InlineData("5x", null, "b")]
    [InlineData("", null, "b")]
    [InlineData(null, null, "b")]
    public void HeaderWithTheNumber_DecidesWhenItIsOneNumber(string? first, string? second, string expected)
    {
        RouteTable table = Table("x-random", new WeightedClusterEntry(ClusterRef.Of("a"), 20), new WeightedClusterEntry(ClusterRef.Of("b"), 80));
        var request = new TestRequest(random: 50);
        foreach (string? value in new[] { first, second })
        {
            if (value is not null)
            {
                request.With("x-random", value);
            }
        }

        Assert.Equal(expected, Draw(table, request));
    }

    [Fact]
    public void RuntimeKeys_OverrideWeights()
    {
        var runtime = new LayeredRuntime([new RuntimeLayer("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true)]);
        RouteTable table = Table(
            null,
            new WeightedClusterEntry(ClusterRef.Of("a"), 20, runtime.Key("w.a")),
            new WeightedClusterEntry(ClusterRef.Of("b"), 80, runtime.Key("w.b")));
        Assert.Equal("b", Draw(table, new TestRequest(random: 50)));

        Set(runtime, ("w.a", "90"), ("w.b", "10"));
        Assert.Equal("a", Draw(table, new TestRequest(random: 50)));

        Set(runtime, ("w.a", "0"), ("w.b", "0"));
        Assert.Null(Draw(table, new TestRequest(random: 50)));

        Set(runtime, ("w.a", "4294967295"), ("w.b", "1"));
        Assert.Null(Draw(table, new TestRequest(random: 50)));
    }

    [Fact]
    public void RouteDrawn_KeepsWhatTheRouteSays()
    {
        RouteTable table = Table(null, new WeightedClusterEntry(ClusterRef.Of("a"), 1));
        Route route = table.Match(new TestRequest().Input)!;
        Assert.Equal("weighted", route.Name);
        Assert.Equal(7, route.Action!.TimeoutNanos);
        Assert.Equal("a", route.Weighted!.Cluster!.Name);
        Assert.Equal("all", route.VirtualHost.Name);
    }

    private static string? Draw(RouteTable table, TestRequest request) =>
        table.Match(request.Input)?.Action!.ChooseCluster(request.Input).Ref!.Name;

    private static void Set(LayeredRuntime runtime, params (string Key, string Value)[] values)
    {
        var changes = new Dictionary<string, string>();
        foreach ((string key, string value) in values)
        {
            changes[key] = value;
        }

        Assert.True(runtime.TrySetAdminValues(changes));
    }

    private static RouteTable Table(string? header, params WeightedClusterEntry[] clusters) => TestRoutes.Table(
        new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"))
        {
            Name = "weighted",
            Action = new RouteAction { TimeoutNanos = 7 },
            Clusters = new WeightedClusters(clusters, header is null ? null : TestRoutes.Key(header)),
        });
}
