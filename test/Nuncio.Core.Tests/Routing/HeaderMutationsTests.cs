using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Adding and removing headers, and the order of the four levels.</summary>
public sealed class HeaderMutationsTests
{
    [Theory]
    [InlineData(HeaderAppendAction.AppendOrAdd, "x-a", "old | new")]
    [InlineData(HeaderAppendAction.AppendOrAdd, "x-b", "new")]
    [InlineData(HeaderAppendAction.AddIfAbsent, "x-a", "old")]
    [InlineData(HeaderAppendAction.AddIfAbsent, "x-b", "new")]
    [InlineData(HeaderAppendAction.OverwriteOrAdd, "x-a", "new")]
    [InlineData(HeaderAppendAction.OverwriteOrAdd, "x-b", "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExists, "x-a", "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExists, "x-b", null)]
    public void AppendAction_DecidesHowAHeaderJoins(HeaderAppendAction action, string name, string? expected)
    {
        TestRequest request = Apply(new TestRequest().With("x-a", "old"), [], [Add(name, "new", action)]);
        Assert.Equal(expected, request.Header(name));
    }

    [Fact]
    public void HeaderOfAFixedSet_IsHeldOnceAndJoined()
    {
        TestRequest request = Apply(new TestRequest().With("user-agent", "one"), [], [Add("user-agent", "two")]);
        Assert.Equal("one,two", request.Header("user-agent"));
    }

    [Fact]
    public void EmptyValue_IsLeftOutUnlessKept()
    {
        TestRequest request = Apply(
            new TestRequest().With("x-b", "old"), [], [Add("x-a", ""), Add("x-b", "", HeaderAppendAction.OverwriteOrAdd), Add("x-c", "", keep: true)]);
        Assert.Null(request.Header("x-a"));
        Assert.Equal("old", request.Header("x-b"));
        Assert.Equal("", request.Header("x-c"));
    }

    [Fact]
    public void Formatter_ReadsTheRequestAndMissingIsEmpty()
    {
        TestRequest request = Apply(
            new TestRequest(path: "/p"), [], [Format("x-path", "<%REQ(:PATH)%>"), Format("x-none", "%REQ(X-NONE)%"), Format("x-percent", "100%%")]);
        Assert.Equal("</p>", request.Header("x-path"));
        Assert.Null(request.Header("x-none"));
        Assert.Equal("100%", request.Header("x-percent"));
    }

    [Fact]
    public void Removal_ComesFirst()
    {
        TestRequest request = Apply(new TestRequest().With("x-a", "old").With("x-a", "older"), ["x-a"], [Add("x-a", "new"), Format("x-b", "%REQ(x-a)%", keep: true)]);
        Assert.Equal("new", request.Header("x-a"));
        Assert.Equal("", request.Header("x-b"));
    }

    [Fact]
    public void OneLevel_AllValuesAreMadeBeforeAnyIsSet()
    {
        TestRequest request = Apply(
            new TestRequest().With("x-a", "old"),
            [],
            [
                Add("x-a", "added"),
                Add("x-a", "over", HeaderAppendAction.OverwriteOrAdd),
                Format("x-b", "%REQ(x-a)%"),
                Add("x-c", "1", HeaderAppendAction.OverwriteOrAdd),
                Add("x-c", "2", HeaderAppendAction.AddIfAbsent),
                Add("x-d", "1", HeaderAppendAction.OverwriteOrAdd),
                Add("x-d", "2", HeaderAppendAction.OverwriteIfExists),
            ]);
        Assert.Equal("over | added", request.Header("x-a"));
        Assert.Equal("old", request.Header("x-b"));
        Assert.Equal("1 | 2", request.Header("x-c"));
        Assert.Equal("1", request.Header("x-d"));
    }

    [Theory]
    [InlineData(false, "weighted | route | host | table", "table")]
    [InlineData(true, "weighted | table | host | route", "route")]
    public void Levels_ApplyInTheReferencesOrder(bool specificWins, string appended, string overwritten)
    {
        RouteTable table = FourLevels(specificWins);
        var request = new TestRequest();
        Route route = table.Match(request.Input)!;
        route.ApplyRequestHeaders(request.Headers, request.Context, new ByteWriter());
        Assert.Equal(appended, request.Header("x-append"));
        Assert.Equal(overwritten, request.Header("x-over"));

        Nuncio.Http.Headers.HeaderMap response = request.NewMap();
        route.ApplyResponseHeaders(response, request.Context, new ByteWriter());
        Assert.Equal(appended, TestRequest.Text(response, "x-append"));
        Assert.Equal(overwritten, TestRequest.Text(response, "x-over"));
    }

    [Fact]
    public void ClientsBytesInAValue_CannotEndALine()
    {
        var request = new TestRequest();
        request.Info.Connection = new ConnectionInfo(NetworkAddress.UnnamedPipe, NetworkAddress.UnnamedPipe) { RequestedServerName = "a\r\nx-evil: 1" };
        Apply(request, [], [Format("x-sni", "%REQUESTED_SERVER_NAME%")]);
        Assert.DoesNotContain('\n', request.Header("x-sni") ?? "");
        Assert.Null(request.Header("x-evil"));
    }

    [Fact]
    public void InternalOnlyHeaders_AreRemoved()
    {
        var table = new RouteTable("t", [], new RouteTableOptions { InternalOnlyHeaders = [TestRoutes.Key("x-internal"), TestRoutes.Key("x-envoy-internal")] });
        TestRequest request = new TestRequest().With("x-internal", "1").With("X-Envoy-Internal", "true").With("x-other", "1");
        table.RemoveInternalOnlyHeaders(request.Headers);
        Assert.Null(request.Header("x-internal"));
        Assert.Null(request.Header("x-envoy-internal"));
        Assert.Equal("1", request.Header("x-other"));
    }

    private static RouteTable FourLevels(bool specificWins)
    {
        var weighted = new WeightedClusterEntry(ClusterRef.Of("c"), 1) { Level = Level("weighted") };
        var route = new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, "/"), Level("route"))
        {
            Action = new RouteAction(),
            Clusters = new WeightedClusters([weighted]),
        };
        return new RouteTable(
            "t",
            [new VirtualHost("h", ["*"], [route], Level("host"))],
            new RouteTableOptions { Level = Level("table"), MostSpecificHeaderMutationsWins = specificWins });
    }

    private static RouteLevel Level(string name)
    {
        HeaderMutations mutations = new([], [Add("x-append", name), Add("x-over", name, HeaderAppendAction.OverwriteOrAdd)]);
        return new RouteLevel { RequestHeaders = mutations, ResponseHeaders = mutations };
    }

    private static TestRequest Apply(TestRequest request, string[] remove, HeaderAddition[] add)
    {
        var keys = new List<HeaderKey>();
        foreach (string name in remove)
        {
            keys.Add(TestRoutes.Key(name));
        }

        new HeaderMutations(keys, add).Apply(request.Headers, request.Context, new ByteWriter());
        return request;
    }

    private static HeaderAddition Add(string name, string value, HeaderAppendAction action = HeaderAppendAction.AppendOrAdd, bool keep = false) =>
        new(TestRoutes.Key(name), Encoding.UTF8.GetBytes(value), null, action, keep);

    private static HeaderAddition Format(string name, string template, bool keep = false)
    {
        Assert.True(SubstitutionFormatter.TryParse(template, FormatterOptions.OmitEmpty, out SubstitutionFormatter? formatter, out string? error), error);
        return new HeaderAddition(TestRoutes.Key(name), null, formatter, KeepEmpty: keep);
    }
}
