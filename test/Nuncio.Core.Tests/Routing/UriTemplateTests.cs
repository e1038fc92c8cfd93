using System.Diagnostics;
using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Path templates: what they take, what they name, what is none.</summary>
public sealed class UriTemplateTests
{
    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/a/b", "/a/b", true)]
    [InlineData("/a/b", "/a/b/", false)]
    [InlineData("/a/", "/a/", true)]
    [InlineData("/a/", "/a", false)]
    [InlineData("/*", "/a", true)]
    [InlineData("/*", "/", false)]
    [InlineData("/*", "/a/", false)]
    [InlineData("/*", "/a/b", false)]
    [InlineData("/*/b", "/a/b", true)]
    [InlineData("/*/b", "/a/bb", false)]
    [InlineData("/*/b", "/a/b/b", false)]
    [InlineData("/**", "/", true)]
    [InlineData("/**", "/a/b/c", true)]
    [InlineData("/a/**", "/a/", true)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/a/**/b", "/a//b", true)]
    [InlineData("/a/**/b", "/a/x/y/b", true)]
    [InlineData("/a/**/b", "/a/b", false)]
    [InlineData("/a/**/b", "/a/x/bb", false)]
    [InlineData("/**.mpd", "/content/123/india/dash/55/manifest.mpd", true)]
    [InlineData("/**.mpd", "/content/123/india/dash/55/manifest.mp4", false)]
    [InlineData("/**.mpd", "/.mpd", true)]
    [InlineData("/*.m4s", "/.m4s", false)]
    [InlineData("/*.m4s", "/a.m4s", true)]
    [InlineData("/*.m4s", "/a.m4s.m4s", true)]
    [InlineData("/*.m4s", "/a.m4sx", false)]
    [InlineData("/videos/*/*/*.m4s", "/videos/123414/hls/1080p5000_00001.m4s", true)]
    [InlineData("/videos/*/*/*.m4s", "/videos/123414/hls/x/1080p5000_00001.m4s", false)]
    [InlineData("/{lang}/{name=a/*/**}/end", "/de/a/b/c/d/end", true)]
    [InlineData("/{lang}/{name=a/*/**}/end", "/de/a/b/end", false)]
    [InlineData("/{x=**}", "/", true)]
    [InlineData("/{x=lit}/y", "/lit/y", true)]
    [InlineData("/{x=*}-suffix", "/a-suffix", true)]
    [InlineData("/*", "/a b", false)]
    [InlineData("/*", "/caf\u00e9", false)]
    [InlineData("/**", "/a[1]", false)]
    [InlineData("/*", "/a%20b=c*d", true)]
    [InlineData("/A", "/a", false)]
    public void Path_IsOfTheFormOrNot(string template, string path, bool expected)
    {
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForTemplate(Template(template)), "r"));

        Assert.Equal(expected, table.Match(new TestRequest(path: path).Input) is not null);
        Assert.Equal(expected, table.Match(new TestRequest(path: path + "?q=/x").Input) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("//")]
    [InlineData("/a//b")]
    [InlineData("/a b")]
    [InlineData("/\u00e9")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/a[b")]
    [InlineData("/a{b}")]
    [InlineData("/{b")]
    [InlineData("/{}")]
    [InlineData("/{1a}")]
    [InlineData("/{a-b}")]
    [InlineData("/{a=}")]
    [InlineData("/{a=b/}")]
    [InlineData("/{a=/b}")]
    [InlineData("/{a=*b}")]
    [InlineData("/{a={b}}")]
    [InlineData("/{abcdefghijklmnopq}")]
    [InlineData("/{a}/{a}")]
    [InlineData("/{a}/{b}/{c}/{d}/{e}/{f}")]
    [InlineData("/**/*")]
    [InlineData("/**/{a}")]
    [InlineData("/{a=**}/{b=**}")]
    [InlineData("/{a=**/*}")]
    [InlineData("/*a/b")]
    [InlineData("/{a}{b}")]
    public void WrongTemplate_IsRefusedWithItsReason(string template)
    {
        Assert.False(UriTemplateParser.TryParse(template, out _, out string error));
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData("/{a}/{b}/{c}/{d}/{e}")]
    [InlineData("/{abcdefghijklmnop}")]
    [InlineData("/**/{a=b}/c")]
    [InlineData("/a*b")]
    public void UnusualTemplate_IsTaken(string template) => Assert.True(UriTemplateParser.TryParse(template, out _, out _));

    [Theory]
    [InlineData("/content/{format}/{lang}/{id}/{file}.vtt", "/{lang}/{format}/{file}.vtt", "/content/hls/en-us/12345/en_193913.vtt", "/en-us/hls/en_193913.vtt")]
    [InlineData("/videos/{language=lang/*}/*", "/{language}", "/videos/lang/en/video.m4s", "/lang/en")]
    [InlineData("/content/{path=**}/manifest", "/manifest/{path}", "/content/a/b/manifest", "/manifest/a/b")]
    [InlineData("/{a=**}", "/x/{a}y{a}", "/", "/x/y")]
    [InlineData("/{a}.x", "/plain", "/b.x?q=1#f", "/plain?q=1#f")]
    public void Rewrite_PutsTheNamedPartsTogether(string template, string rewrite, string path, string expected)
    {
        UriTemplate parsed = Template(template);
        Assert.True(UriTemplateRewrite.TryParse(rewrite, parsed, out UriTemplateRewrite made, out string error), error);
        var action = new RouteAction { Cluster = ClusterRef.Of("c"), PathRewrite = PathRewrite.Template(made) };
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForTemplate(parsed), "r", action));
        var request = new TestRequest(path: path);
        Route route = table.Match(request.Input)!;
        var scratch = new ByteWriter();

        route.ApplyRequestHeaders(request.Headers, request.Context, scratch);

        Assert.Equal(expected, request.Header(":path"));
        Assert.Equal(path, request.Header("x-envoy-original-path"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{a}")]
    [InlineData("/{a}//x")]
    [InlineData("/{b}")]
    [InlineData("/{a")]
    [InlineData("/a}")]
    [InlineData("/{}")]
    [InlineData("/a?b")]
    public void WrongRewrite_IsRefusedWithItsReason(string rewrite)
    {
        Assert.False(UriTemplateRewrite.TryParse(rewrite, Template("/{a}/*"), out _, out string error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void PathChangedSinceTheMatch_StaysAsItIs()
    {
        UriTemplate template = Template("/{a}/x");
        Assert.True(UriTemplateRewrite.TryParse("/{a}", template, out UriTemplateRewrite rewrite, out _));
        var action = new RouteAction { Cluster = ClusterRef.Of("c"), PathRewrite = PathRewrite.Template(rewrite) };
        RouteTable table = TestRoutes.Table(TestRoutes.Forward(RouteMatcher.ForTemplate(template), "r", action));
        Route route = table.Match(new TestRequest(path: "/a/x").Input)!;
        var request = new TestRequest(path: "/elsewhere");

        route.ApplyRequestHeaders(request.Headers, request.Context, new ByteWriter());

        Assert.Equal("/elsewhere", request.Header(":path"));
        Assert.Null(request.Header("x-envoy-original-path"));
    }

    [Fact]
    public void ManyRoutes_TemplatesKeepTheirPlaceInTheIndex()
    {
        var routes = new List<Route>();
        for (int i = 0; i < 50; i++)
        {
            routes.Add(TestRoutes.Forward(RouteMatcher.ForTemplate(Template($"/t{i:00}/{{a}}/x")), $"t{i}"));
        }

        routes.Insert(10, TestRoutes.Prefix("/t30/early", "early"));
        RouteTable table = TestRoutes.Table([.. routes]);

        Assert.Equal("t42", table.Match(new TestRequest(path: "/t42/b/x").Input)!.Name);
        Assert.Equal("early", table.Match(new TestRequest(path: "/t30/early/x").Input)!.Name);
        Assert.Equal("t30", table.Match(new TestRequest(path: "/t30/late/x").Input)!.Name);
        Assert.Null(table.Match(new TestRequest(path: "/t42/b/y").Input));
    }

    [Fact]
    public void HostilePath_TakesLinearTime()
    {
        UriTemplate template = Template("/{a}/{b}/{c=**}/a.x");
        byte[] path = Encoding.ASCII.GetBytes("/a/b/" + string.Concat(Enumerable.Repeat("a.x/a.", 100_000)));
        Stopwatch watch = Stopwatch.StartNew();

        Assert.False(template.IsMatch(path));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
    }

    private static UriTemplate Template(string text)
    {
        Assert.True(UriTemplateParser.TryParse(text, out UriTemplate template, out string error), error);
        return template;
    }
}
