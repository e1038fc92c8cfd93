using Nuncio.Core.Clusters;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>What a filter finds on a route.</summary>
public sealed class FilterConfigTests
{
    private static readonly int s_filter = FilterNames.Intern("test.filter-config-tests.a");
    private static readonly int s_other = FilterNames.Intern("test.filter-config-tests.b");

    [Theory]
    [InlineData("table", null, null, null, "table")]
    [InlineData("table", "host", null, null, "host")]
    [InlineData("table", "host", "route", null, "route")]
    [InlineData("table", "host", "route", "weighted", "weighted")]
    [InlineData(null, null, null, "weighted", "weighted")]
    [InlineData(null, null, null, null, null)]
    public void MostSpecificLevel_Wins(string? table, string? host, string? route, string? weighted, string? expected)
    {
        Route matched = Match(Level(table), Level(host), Level(route), Level(weighted));
        Assert.Equal(expected, matched.FilterConfig(s_filter));
        Assert.Null(matched.FilterConfig(s_other));
        Assert.Equal(expected is null ? null : false, matched.FilterDisabled(s_filter));
    }

    [Fact]
    public void AllLevels_LeastSpecificFirst()
    {
        Route matched = Match(Level("table"), RouteLevel.Empty, Level("route"), Level("weighted"));
        Assert.Equal(["table", "route", "weighted"], matched.FilterConfigs(s_filter).ToArray());
        Assert.True(matched.FilterConfigs(int.MaxValue).IsEmpty);
    }

    [Fact]
    public void DisabledOnAHost_EnabledAgainOnTheRoute()
    {
        RouteLevel off = new() { Filters = [new FilterOverride(s_filter, null, Disabled: true)] };
        RouteLevel on = new() { Filters = [new FilterOverride(s_filter, null, Disabled: false)] };
        Assert.True(Match(RouteLevel.Empty, off, RouteLevel.Empty, RouteLevel.Empty).FilterDisabled(s_filter));
        Route enabled = Match(Level("table"), off, on, RouteLevel.Empty);
        Assert.False(enabled.FilterDisabled(s_filter));
        Assert.Equal("table", enabled.FilterConfig(s_filter));
        Assert.Null(enabled.FilterDisabled(s_other));
    }

    private static RouteLevel Level(string? config) =>
        config is null ? RouteLevel.Empty : new RouteLevel { Filters = [new FilterOverride(s_filter, config, Disabled: false)] };

    private static Route Match(RouteLevel table, RouteLevel host, RouteLevel route, RouteLevel weighted)
    {
        var entry = new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), route)
        {
            Action = new RouteAction(),
            Clusters = new WeightedClusters([new WeightedClusterEntry(ClusterRef.Of("c"), 1) { Level = weighted }]),
        };
        return new RouteTable("t", [new VirtualHost("h", ["*"], [entry], host)], new RouteTableOptions { Level = table })
            .Match(new TestRequest().Input)!;
    }
}
