using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>The location of redirects and direct responses.</summary>
public sealed class RedirectTests
{
    [Theory]
    [InlineData("http", "example.com", "https://example.com/a?b=c")]
    [InlineData("http", "example.com:80", "https://example.com/a?b=c")]
    [InlineData("http", "example.com:8080", "https://example.com:8080/a?b=c")]
    [InlineData("http", "[::1]:80", "https://[::1]/a?b=c")]
    [InlineData("http", "[::1]", "https://[::1]/a?b=c")]
    [InlineData("https", "example.com:443", "https://example.com:443/a?b=c")]
    [InlineData("https", "example.com:80", "https://example.com:80/a?b=c")]
    public void HttpsRedirect_DropsTheOldSchemesOwnPort(string protocol, string authority, string expected)
    {
        var redirect = new RedirectAction { Scheme = "https"u8.ToArray() };
        Assert.Equal(expected, Location(redirect, Request(authority, "/a?b=c", protocol)));
    }

    [Fact]
    public void SchemeRedirectToHttp_Drops443() => Assert.Equal(
        "http://example.com/", Location(new RedirectAction { Scheme = "http"u8.ToArray() }, Request("example.com:443", "/", "https")));

    [Theory]
    [InlineData(null, 8443, "http://example.com:8443/p")]
    [InlineData("new.com", 8443, "http://new.com:8443/p")]
    [InlineData("new.com", 0, "http://new.com/p")]
    public void HostAndPort_Replace(string? host, int port, string expected)
    {
        var redirect = new RedirectAction { Host = Bytes(host), Port = port };
        Assert.Equal(expected, Location(redirect, new TestRequest("example.com:81", "/p")));
    }

    [Theory]
    [InlineData("/new", "/old?q=1", false, "/new?q=1")]
    [InlineData("/new?own", "/old?q=1", false, "/new?own")]
    [InlineData("/new?own", "/old?q=1", true, "/new?own")]
    [InlineData("/new", "/old?q=1", true, "/new")]
    [InlineData("new", "/old", false, "/new")]
    [InlineData(null, "/old?q=1", true, "/old")]
    [InlineData(null, "/old?q=1", false, "/old?q=1")]
    [InlineData(null, "", false, "/")]
    [InlineData(null, "*", false, "/*")]
    public void PathAndQuery_FollowTheirRules(string? path, string target, bool strip, string expected)
    {
        var redirect = new RedirectAction { Path = Bytes(path), StripQuery = strip };
        Assert.Equal("http://example.com" + expected, Location(redirect, new TestRequest(path: target)));
    }

    [Fact]
    public void PrefixRewrite_ChangesTheRequestToo()
    {
        var request = new TestRequest(path: "/old/x?q=1");
        var redirect = new RedirectAction { PathRewrite = PathRewrite.Prefix("/new"u8.ToArray()) };
        Assert.Equal("http://example.com/new/x?q=1", Location(redirect, request, "/old"));
        Assert.Equal("/new/x?q=1", request.Header(":path"));
        Assert.Equal("/old/x?q=1", request.Header("x-envoy-original-path"));
    }

    [Theory]
    [InlineData(@"^/old/([^/]+)$", @"/new/\1", "/old/7?q", "http://example.com/new/7?q")]
    [InlineData(".*", "", "/old?q", "http://example.com/old?q")]
    public void RegexRewrite_AnEmptyResultChangesNothing(string pattern, string substitution, string path, string expected)
    {
        var redirect = new RedirectAction { PathRewrite = PathRewrite.Regex(TestRoutes.Rewrite(pattern, substitution)) };
        Assert.Equal(expected, Location(redirect, new TestRequest(path: path)));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "http://example.com/p?q")]
    [InlineData(302, "http://example.com/p?q")]
    [InlineData(404, null)]
    public void DirectResponse_HasALocationOnlyWhereItMeansOne(int status, string? expected)
    {
        Route route = TestRoutes.Table(new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, ""))
        {
            DirectResponse = new DirectResponseAction { Status = status },
        }).Match(new TestRequest().Input)!;
        var into = new ByteWriter();
        bool built = route.TryBuildLocation(new TestRequest(path: "/p?q").Headers, into);
        Assert.Equal(expected, built ? Encoding.UTF8.GetString(into.Written) : null);
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static TestRequest Request(string authority, string path, string protocol)
    {
        var request = new TestRequest(authority, path);
        request.Headers.Set(":scheme"u8, Encoding.UTF8.GetBytes(protocol));
        request.Headers.Set("x-forwarded-proto"u8, Encoding.UTF8.GetBytes(protocol));
        return request;
    }

    private static string Location(RedirectAction redirect, TestRequest request, string prefix = "")
    {
        Route route = TestRoutes.Table(new Route(RouteMatcher.ForPath(PathMatchKind.Prefix, prefix)) { Redirect = redirect }).Match(request.Input)!;
        var into = new ByteWriter();
        Assert.True(route.TryBuildLocation(request.Headers, into));
        return Encoding.UTF8.GetString(into.Written);
    }
}
