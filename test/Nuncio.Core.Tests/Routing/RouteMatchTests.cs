using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Which requests a match rule takes.</summary>
public sealed class RouteMatchTests
{
    [Theory]
    [InlineData(PathMatchKind.Prefix, "/foo", "/foo", true)]
    [InlineData(PathMatchKind.Prefix, "/foo", "/foobar?x=1", true)]
    [InlineData(PathMatchKind.Prefix, "/foo", "/Foo", false)]
    [InlineData(PathMatchKind.Prefix, "/foo", "/fo", false)]
    [InlineData(PathMatchKind.Prefix, "/foo?x", "/foo?x", false)]
    [InlineData(PathMatchKind.Prefix, "/", "*", false)]
    [InlineData(PathMatchKind.Prefix, "/", "", false)]
    [InlineData(PathMatchKind.Prefix, "", "anything", true)]
    [InlineData(PathMatchKind.Exact, "/foo", "/foo", true)]
    [InlineData(PathMatchKind.Exact, "/foo", "/foo?x=1", true)]
    [InlineData(PathMatchKind.Exact, "/foo", "/foo#x", true)]
    [InlineData(PathMatchKind.Exact, "/foo", "/foo/", false)]
    [InlineData(PathMatchKind.Exact, "/foo", "/FOO", false)]
    [InlineData(PathMatchKind.SeparatedPrefix, "/api", "/api", true)]
    [InlineData(PathMatchKind.SeparatedPrefix, "/api", "/api?x", true)]
    [InlineData(PathMatchKind.SeparatedPrefix, "/api", "/api/v1", true)]
    [InlineData(PathMatchKind.SeparatedPrefix, "/api", "/apiv1", false)]
    [InlineData(PathMatchKind.SeparatedPrefix, "/api", "/ap", false)]
    public void Path_IsMatchedByKind(PathMatchKind kind, string rule, string path, bool expected)
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForPath(kind, rule), "r"));
        Assert.Equal(expected, table.Match(new TestRequest(path: path).Input) is not null);
    }

    [Theory]
    [InlineData(PathMatchKind.Prefix, "/Foo", "/fOOx")]
    [InlineData(PathMatchKind.Exact, "/Foo", "/fOO")]
    [InlineData(PathMatchKind.SeparatedPrefix, "/Foo", "/fOO/x")]
    public void CaseInsensitive_LettersOfAnyCaseMatch(PathMatchKind kind, string rule, string path)
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForPath(kind, rule, caseSensitive: false), "r"));
        Assert.NotNull(table.Match(new TestRequest(path: path).Input));
        Assert.Null(table.Match(new TestRequest(path: "/bar").Input));
    }

    [Theory]
    [InlineData("/b[io]t", "/bit", true)]
    [InlineData("/b[io]t", "/bot?x=1", true)]
    [InlineData("/b[io]t", "/bite", false)]
    [InlineData("/b[io]t", "/abit", false)]
    [InlineData("/b[io]t", "/BIT", false)]
    [InlineData("(?i)/b[io]t", "/BIT", true)]
    public void Regex_MatchesTheWholePathWithoutQuery(string pattern, string path, bool expected)
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForRegex(TestRoutes.Regex(pattern)), "r"));
        Assert.Equal(expected, table.Match(new TestRequest(path: path).Input) is not null);
    }

    [Fact]
    public void SeveralMatch_FirstWins()
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Prefix("/a/b"), TestRoutes.Prefix("/a"), TestRoutes.Exact("/a/c"));
        Assert.Equal("/a/b", table.Match(new TestRequest(path: "/a/b").Input)?.Name);
        Assert.Equal("/a", table.Match(new TestRequest(path: "/a/c").Input)?.Name);
    }

    [Fact]
    public void NoPath_NoRoute() => Assert.Null(TestRoutes.Table(TestRoutes.Prefix("")).Match(new TestRequest(path: null).Input));

    [Fact]
    public void ManyExactPaths_OrderStillDecides()
    {
        var routes = new List<Route>();
        for (int i = 0; i < 5_000; i++)
        {
            routes.Add(TestRoutes.Exact($"/item/{i}"));
        }

        routes.Insert(2_500, TestRoutes.Prefix("/item/3", "prefix"));
        routes.Insert(0, TestRoutes.Forward(
            RouteMatcher.ForPath(PathMatchKind.Exact, "/item/7").With(null, [HeaderMatcher.Presence(TestRoutes.Key("x-special"), true)], []), "special"));
        RouteTable table = TestRoutes.Table([.. routes]);
        Assert.Equal("/item/42", table.Match(new TestRequest(path: "/item/42?q").Input)?.Name);
        Assert.Equal("/item/300", table.Match(new TestRequest(path: "/item/300").Input)?.Name);
        Assert.Equal("prefix", table.Match(new TestRequest(path: "/item/3001").Input)?.Name);
        Assert.Equal("/item/7", table.Match(new TestRequest(path: "/item/7").Input)?.Name);
        Assert.Equal("special", table.Match(new TestRequest(path: "/item/7").With("x-special", "1").Input)?.Name);
        Assert.Null(table.Match(new TestRequest(path: "/item/9999").Input));
    }

    [Fact]
    public void ManyPrefixes_OrderStillDecides()
    {
        var routes = new List<Route>();
        for (int i = 0; i < 3_000; i++)
        {
            routes.Add(TestRoutes.Prefix($"/p/{i}"));
        }

        routes.Insert(100, TestRoutes.Forward(RouteMatcher.ForRegex(TestRoutes.Regex("/p/2[0-9]{3}")), "regex"));
        routes.Insert(200, TestRoutes.Forward(RouteMatcher.ForPath(PathMatchKind.SeparatedPrefix, "/p/1500"), "separated"));
        routes.Insert(300, TestRoutes.Forward(RouteMatcher.ForPath(PathMatchKind.Prefix, "/P/2", caseSensitive: false), "no case"));
        routes.Add(TestRoutes.Prefix("/", "rest"));
        var indexed = new VirtualHost("h", ["*"], routes);
        var table = new RouteTable("t", [indexed]);
        foreach (string path in new[] { "/p/7", "/p/77", "/p/1500", "/p/1500/x", "/p/1500x", "/p/2222", "/p/22222", "/P/3", "/p", "/p/", "/", "/q", "*", "" })
        {
            string? first = null;
            foreach (Route route in routes)
            {
                if (TestRoutes.Table(new Route(route.Matcher) { Action = new RouteAction() }).Match(new TestRequest(path: path).Input) is not null)
                {
                    first = route.Name;
                    break;
                }
            }

            Assert.Equal(first, table.Match(new TestRequest(path: path).Input)?.Name);
        }
    }

    [Fact]
    public void RepeatedHeaderTestedByManyRoutes_CostsTheMapNothing()
    {
        var routes = new List<Route>();
        for (int i = 0; i < 3_000; i++)
        {
            routes.Add(TestRoutes.Forward(
                RouteMatcher.ForPath(PathMatchKind.Prefix, "/").With(
                    null, [HeaderMatcher.Text(TestRoutes.Key("x-a"), new StringMatcher(StringMatchKind.Suffix, $"-{i}"))], []), $"r{i}"));
        }

        TestRequest request = new TestRequest().With("x-a", new string('a', 30_000)).With("x-a", new string('b', 30_000) + "-2999");
        Assert.Equal("r2999", TestRoutes.Table([.. routes]).Match(request.Input)?.Name);
    }

    [Fact]
    public void Fraction_SameRandomBitsSameAnswer()
    {
        var runtime = new LayeredRuntime([new RuntimeLayer("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true)]);
        var fraction = new RuntimeFraction(new FractionalPercent(30, 100), runtime.Key("shift"));
        RouteTable table = TestRoutes.Table(
            TestRoutes.Forward(RouteMatcher.ForPath(PathMatchKind.Prefix, "/").With(fraction, [], []), "new"),
            TestRoutes.Prefix("/", "old"));
        Assert.Equal("new", table.Match(new TestRequest(random: 129).Input)?.Name);
        Assert.Equal("old", table.Match(new TestRequest(random: 130).Input)?.Name);

        Assert.True(runtime.TrySetAdminValues(new Dictionary<string, string> { ["shift"] = "31" }));
        Assert.Equal("new", table.Match(new TestRequest(random: 130).Input)?.Name);
        Assert.True(runtime.TrySetAdminValues(new Dictionary<string, string> { ["shift"] = "0" }));
        Assert.Equal("old", table.Match(new TestRequest(random: 100).Input)?.Name);
    }

    [Fact]
    public void HeadersAndQuery_AllMustMatch()
    {
        RouteMatcher matcher = RouteMatcher.ForPath(PathMatchKind.Prefix, "/").With(
            null,
            [HeaderMatcher.Text(TestRoutes.Key("x-env"), new StringMatcher(StringMatchKind.Exact, "dev"))],
            [new QueryMatcher("debug", present: true), new QueryMatcher("id", new StringMatcher(StringMatchKind.Prefix, "4"))]);
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(matcher, "r"));
        Assert.NotNull(table.Match(new TestRequest(path: "/?id=42&debug").With("x-env", "dev").Input));
        Assert.Null(table.Match(new TestRequest(path: "/?id=42&debug").With("x-env", "prod").Input));
        Assert.Null(table.Match(new TestRequest(path: "/?id=42").With("x-env", "dev").Input));
        Assert.Null(table.Match(new TestRequest(path: "/?id=24&debug").With("x-env", "dev").Input));
        Assert.Null(table.Match(new TestRequest(path: "/").With("x-env", "dev").Input));
    }

    [Fact]
    public void ClusterHeader_FirstValueNamesTheCluster()
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Prefix("/", "r", new RouteAction { ClusterHeader = TestRoutes.Key("x-cluster") }));
        TestRequest request = new TestRequest().With("x-cluster", "one").With("x-cluster", "two");
        ClusterChoice choice = table.Match(request.Input)!.Action!.ChooseCluster(request.Input);
        Assert.Null(choice.Ref);
        Assert.Equal("one"u8, choice.Name);

        var without = new TestRequest();
        Assert.True(table.Match(without.Input)!.Action!.ChooseCluster(without.Input).Name.IsEmpty);
    }

    [Fact]
    public void Cluster_IsTheReferenceOfItsName()
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Prefix("/", "service"));
        var request = new TestRequest();
        Assert.Same(ClusterRef.Of("service"), table.Match(request.Input)!.Action!.ChooseCluster(request.Input).Ref);
    }
}
