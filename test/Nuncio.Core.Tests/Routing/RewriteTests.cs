using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Path and authority before the request goes upstream.</summary>
public sealed class RewriteTests
{
    [Theory]
    [InlineData(PathMatchKind.Prefix, "/api/v1", "/v2", "/api/v1/x?q=1", "/v2/x?q=1")]
    [InlineData(PathMatchKind.Prefix, "/api/", "/", "/api/x", "/x")]
    [InlineData(PathMatchKind.Prefix, "/api", "/", "/api/x", "//x")]
    [InlineData(PathMatchKind.Exact, "/old", "/new", "/old?q=1", "/new?q=1")]
    [InlineData(PathMatchKind.SeparatedPrefix, "/a", "/b", "/a/c#d", "/b/c#d")]
    public void PrefixRewrite_ReplacesWhatMatched(PathMatchKind kind, string rule, string rewrite, string path, string expected)
    {
        TestRequest request = Apply(RouteMatcher.ForPath(kind, rule), Path(PathRewrite.Prefix(Encoding.UTF8.GetBytes(rewrite))), new TestRequest(path: path));
        Assert.Equal(expected, request.Header(":path"));
        Assert.Equal(path, request.Header("x-envoy-original-path"));
    }

    [Fact]
    public void PrefixRewriteOfRegexRoute_ReplacesAllButTheQuery()
    {
        TestRequest request = Apply(
            RouteMatcher.ForRegex(TestRoutes.Regex("/.*/x")), Path(PathRewrite.Prefix("/new"u8.ToArray())), new TestRequest(path: "/a/b/x?q"));
        Assert.Equal("/new?q", request.Header(":path"));
    }

    [Theory]
    [InlineData("^/service/([^/]+)(/.*)$", @"\2/instance/\1", "/service/foo/v1/api", "/v1/api/instance/foo")]
    [InlineData("one", "two", "/xxx/one/yyy/one/zzz?one", "/xxx/two/yyy/two/zzz?one")]
    [InlineData("^(.*?)one(.*)$", @"\1two\2", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/one/zzz")]
    [InlineData("(?i)/xxx/", "/yyy/", "/aaa/XxX/bbb", "/aaa/yyy/bbb")]
    [InlineData("/nothing", "/x", "/aaa", "/aaa")]
    public void RegexRewrite_IsAppliedToThePathWithoutQuery(string pattern, string substitution, string path, string expected)
    {
        TestRequest request = Apply(
            RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), Path(PathRewrite.Regex(TestRoutes.Rewrite(pattern, substitution))), new TestRequest(path: path));
        Assert.Equal(expected, request.Header(":path"));
        Assert.Equal(path, request.Header("x-envoy-original-path"));
    }

    [Fact]
    public void OriginalsNotKept_HeadersStayAway()
    {
        var action = new RouteAction
        {
            Cluster = ClusterRef.Of("c"),
            PathRewrite = PathRewrite.Prefix("/x"u8.ToArray()),
            HostRewrite = HostRewrite.Literal("new.com"u8.ToArray()),
        };
        TestRequest request = Apply(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), action, new TestRequest(), keepOriginals: false);
        Assert.Equal("/x", request.Header(":path"));
        Assert.Equal("new.com", request.Header(":authority"));
        Assert.Null(request.Header("x-envoy-original-path"));
        Assert.Null(request.Header("x-envoy-original-host"));
    }

    [Fact]
    public void PathShorterThanTheRule_IsReplacedWhole()
    {
        // A filter changed the path after the route was chosen.
        TestRequest request = Apply(
            RouteMatcher.ForPath(PathMatchKind.Prefix, "/a/long/prefix"), Path(PathRewrite.Prefix("/new"u8.ToArray())), new TestRequest(path: "/a/long/prefix"), "/a");
        Assert.Equal("/new", request.Header(":path"));
    }

    [Fact]
    public void HostLiteral_ReplacesAuthorityAndKeepsTheOld()
    {
        TestRequest request = Host(HostRewrite.Literal("new.com"u8.ToArray()), new TestRequest("old.com:80"));
        Assert.Equal("new.com", request.Header(":authority"));
        Assert.Equal("old.com:80", request.Header("x-envoy-original-host"));
        Assert.Null(request.Header("x-forwarded-host"));
    }

    [Fact]
    public void HostFromHeader_FirstValueOrNothing()
    {
        HostRewrite rewrite = HostRewrite.FromHeader(TestRoutes.Key("x-host"));
        Assert.Equal("a.com", Host(rewrite, new TestRequest("old.com").With("x-host", "a.com").With("x-host", "b.com")).Header(":authority"));
        TestRequest without = Host(rewrite, new TestRequest("old.com"));
        Assert.Equal("old.com", without.Header(":authority"));
        Assert.Null(without.Header("x-envoy-original-host"));
    }

    [Fact]
    public void HostFromPath_UsesThePathBeforeItsRewrite()
    {
        var action = new RouteAction
        {
            Cluster = ClusterRef.Of("c"),
            HostRewrite = HostRewrite.FromPath(TestRoutes.Rewrite("^/(.+)/.+$", @"\1")),
            PathRewrite = PathRewrite.Prefix("/rewritten"u8.ToArray()),
        };
        TestRequest request = Apply(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), action, new TestRequest(path: "/envoyproxy.io/some?x=/b/c"));
        Assert.Equal("envoyproxy.io", request.Header(":authority"));
    }

    [Theory]
    [InlineData(null, "old.com")]
    [InlineData("first.com", "first.com,old.com")]
    [InlineData("first.com,old.com", "first.com,old.com")]
    [InlineData("old.com,other.com", "old.com,other.com,old.com")]
    [InlineData("old.com, ", "old.com, ")]
    public void ForwardedHost_IsAppendedUnlessItIsTheLast(string? before, string expected)
    {
        var request = new TestRequest("old.com");
        if (before is not null)
        {
            request.With("x-forwarded-host", before);
        }

        var action = new RouteAction
        {
            Cluster = ClusterRef.Of("c"), AppendXForwardedHost = true, HostRewrite = HostRewrite.Literal("new.com"u8.ToArray()),
        };
        Apply(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), action, request);
        Assert.Equal(expected, request.Header("x-forwarded-host"));
    }

    [Fact]
    public void AutoHost_TakesTheHostnameAndIgnoresNone()
    {
        var action = new RouteAction { Cluster = ClusterRef.Of("c"), AutoHostRewrite = true, AppendXForwardedHost = true };
        var request = new TestRequest("old.com");
        action.RewriteHostTo(request.Headers, default, keepOriginal: true);
        Assert.Equal("old.com", request.Header(":authority"));
        action.RewriteHostTo(request.Headers, "backend.local"u8, keepOriginal: true);
        Assert.Equal("backend.local", request.Header(":authority"));
        Assert.Equal("old.com", request.Header("x-envoy-original-host"));
        Assert.Equal("old.com", request.Header("x-forwarded-host"));
    }

    [Fact]
    public void WeightedHostRewrite_ComesBeforeTheRoutes()
    {
        var weighted = new WeightedClusterEntry(ClusterRef.Of("c"), 1) { HostRewrite = "weighted.com"u8.ToArray() };
        var table = TestRoutes.Table(new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"))
        {
            Action = new RouteAction { HostRewrite = HostRewrite.Literal("route.com"u8.ToArray()) },
            Clusters = new WeightedClusters([weighted]),
        });
        var request = new TestRequest("old.com");
        table.Match(request.Input)!.ApplyRequestHeaders(request.Headers, request.Context, new ByteWriter());
        Assert.Equal("route.com", request.Header(":authority"));
        Assert.Equal("weighted.com", request.Header("x-envoy-original-host"));
    }

    private static RouteAction Path(PathRewrite rewrite) => new() { Cluster = ClusterRef.Of("c"), PathRewrite = rewrite };

    private static TestRequest Host(HostRewrite rewrite, TestRequest request) => Apply(
        RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), new RouteAction { Cluster = ClusterRef.Of("c"), HostRewrite = rewrite }, request);

    private static TestRequest Apply(
        RouteMatcher matcher, RouteAction action, TestRequest request, string? changedPath = null, bool keepOriginals = true)
    {
        Route route = TestRoutes.Table(TestRoutes.Forward(matcher, "r", action)).Match(request.Input)!;
        if (changedPath is not null)
        {
            request.Headers.Set(":path"u8, Encoding.UTF8.GetBytes(changedPath));
        }

        route.ApplyRequestHeaders(request.Headers, request.Context, new ByteWriter(), keepOriginals);
        return request;
    }
}
