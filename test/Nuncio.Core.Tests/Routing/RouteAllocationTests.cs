using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;
using Nuncio.Testing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Choosing a route and changing headers by it leaves no garbage.</summary>
public sealed class RouteAllocationTests
{
    [Fact]
    public void PlainRoute_AllocatesNothing() => AssertNoGarbage(
        new RouteTable("t", [
            new VirtualHost("other", ["other.com", "*.other.com", "other.*"], []),
            new VirtualHost("h", ["example.com"], [TestRoutes.Prefix("/api"), TestRoutes.Exact("/exact"), TestRoutes.Prefix("/")]),
        ]));

    [Fact]
    public void EverythingButGroupsOfRewrites_AllocatesNothing()
    {
        Assert.True(SubstitutionFormatter.TryParse("%REQ(:PATH)%-%PROTOCOL%", FormatterOptions.OmitEmpty, out SubstitutionFormatter? formatter, out _));
        var mutations = new HeaderMutations(
            [TestRoutes.Key("x-remove")],
            [
                new HeaderAddition(TestRoutes.Key("x-const"), "1"u8.ToArray(), null),
                new HeaderAddition(TestRoutes.Key("x-format"), null, formatter, HeaderAppendAction.OverwriteOrAdd),
                new HeaderAddition(TestRoutes.Key("x-absent"), "1"u8.ToArray(), null, HeaderAppendAction.AddIfAbsent),
            ]);
        var level = new RouteLevel { RequestHeaders = mutations, ResponseHeaders = mutations };
        RouteMatcher matcher = RouteMatcher.ForRegex(TestRoutes.Regex("/[a-z]+")).With(
            new RuntimeFraction(FractionalPercent.All, new LayeredRuntime().Key("k")),
            [HeaderMatcher.Text(TestRoutes.Key(":method"), new StringMatcher(StringMatchKind.Contains, "E", ignoreCase: true))],
            [new QueryMatcher("q", new StringMatcher(TestRoutes.Regex("[0-9]+")))]);
        AssertNoGarbage(TestRoutes.Table(new Route(matcher, level)
        {
            Action = new RouteAction
            {
                HostRewrite = HostRewrite.Literal("new.com"u8.ToArray()),
                PathRewrite = PathRewrite.Regex(TestRoutes.Rewrite("/[a-z]+", @"/x\0")),
            },
            Clusters = new WeightedClusters([new WeightedClusterEntry(ClusterRef.Of("a"), 1), new WeightedClusterEntry(ClusterRef.Of("b"), 1)]),
        }));
    }

    [Fact]
    public void Template_AllocatesNothing()
    {
        Assert.True(UriTemplateParser.TryParse("/{a}", out UriTemplate template, out _));
        Assert.True(UriTemplateRewrite.TryParse("/x/{a}", template, out UriTemplateRewrite rewrite, out _));
        var action = new RouteAction { Cluster = ClusterRef.Of("a"), PathRewrite = PathRewrite.Template(rewrite) };
        AssertNoGarbage(TestRoutes.Table(new Route(RouteMatcher.ForTemplate(template)) { Action = action }));
    }

    private static void AssertNoGarbage(RouteTable table)
    {
        var request = new TestRequest(random: 3);
        Nuncio.Http.Headers.HeaderMap response = request.NewMap();
        var scratch = new ByteWriter();
        bool all = true;
        Action once = () => all &= Once(table, request, response, scratch);
        once();
        Assert.Equal(0, Garbage.Of(once));
        Assert.True(all);
    }

    private static bool Once(RouteTable table, TestRequest request, Nuncio.Http.Headers.HeaderMap response, ByteWriter scratch)
    {
        request.Headers.Clear();
        response.Clear();
        request.Headers.Add(":method"u8, "GET"u8);
        request.Headers.Add(":authority"u8, "Example.com"u8);
        request.Headers.Add(":path"u8, "/path?q=1"u8);
        if (table.Match(request.Input) is not { } route || route.Action!.ChooseCluster(request.Input).Ref is null)
        {
            return false;
        }

        route.ApplyRequestHeaders(request.Headers, request.Context, scratch);
        route.ApplyResponseHeaders(response, request.Context, scratch);
        return true;
    }
}
