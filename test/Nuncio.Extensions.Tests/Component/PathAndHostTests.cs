using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Normal forms of path and host, and requests that have none.</summary>
public sealed class PathAndHostTests
{
    [Theory]
    [InlineData("", "/a/../b//c%2fd", "/a/../b//c%2fd")]
    [InlineData("normalize_path: true", "/a/../b", "/b")]
    [InlineData("normalize_path: true", "/a/./b/", "/a/b/")]
    [InlineData("normalize_path: true", "/a/b/..", "/a/")]
    [InlineData("normalize_path: true", "/../../x", "/x")]
    [InlineData("normalize_path: true", "/a\\..\\b", "/b")]
    [InlineData("normalize_path: true", "/%2e%2e/x", "/x")]
    [InlineData("normalize_path: true", "/a%2fb", "/a%2Fb")]
    [InlineData("normalize_path: true", "/%41?x=../%2e", "/A?x=../%2e")]
    [InlineData("normalize_path: true", "/a//b", "/a//b")]
    [InlineData("merge_slashes: true", "//a///b?c=//d", "/a/b?c=//d")]
    [InlineData("merge_slashes: true\nnormalize_path: true", "/a//../b", "/a/b")]
    [InlineData("path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD", "/a%2Fb%5cc", "/a/b\\c")]
    [InlineData("path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD\nnormalize_path: true", "/a%2F..%2fb", "/b")]
    [InlineData("path_with_escaped_slashes_action: KEEP_UNCHANGED", "/a%2Fb", "/a%2Fb")]
    [InlineData("path_with_escaped_slashes_action: REJECT_REQUEST", "/ab?x=%2F", "/ab?x=%2F")]
    public void Path_IsBroughtIntoItsForm(string hcm, string path, string expected)
    {
        using var proxy = ProxyFixture.Http(hcm);
        SimulatedServer server = proxy.Serve();
        Assert.Equal("", proxy.Exchange(proxy.Connect(), $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", server.Accept().ReadText());
    }

    [Theory]
    [InlineData("normalize_path: true", "/a%zz")]
    [InlineData("normalize_path: true", "/a%0")]
    [InlineData("normalize_path: true", "/a%00b")]
    [InlineData("path_with_escaped_slashes_action: REJECT_REQUEST", "/a%2Fb")]
    [InlineData("path_with_escaped_slashes_action: REJECT_REQUEST", "/a%5cb")]
    [InlineData("", "/a#b")]
    public void PathWithoutANormalForm_400(string hcm, string path)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\n" + hcm);
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.AssertLocalReply(response, "400 Bad Request", "", closes: true);
        Assert.Equal("400 - path_normalization_failed 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_failed_path_normalization"));
        Assert.True(client.IsEnded);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void PathWithoutANormalForm_MayLeaveTheConnectionOpen()
    {
        using var proxy = ProxyFixture.Http("normalize_path: true\nstream_error_on_invalid_http_message: true");
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"), "400 Bad Request", "");
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void EscapedSlashes_RedirectToThePlainPath()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\npath_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT");
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "GET /a%2Fb?c=%2F HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.AssertLocalReply(response, "307 Temporary Redirect", "");
        Assert.Contains("\r\nlocation: /a/b?c=%2F\r\n", response);
        Assert.Equal("307 - path_normalization_failed 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_redirected_with_normalized_path"));
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void EscapedSlashesOfGrpc_AreRefusedInstead()
    {
        using var proxy = ProxyFixture.Http("path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT");
        string response = proxy.Exchange(proxy.Connect(), "POST /a%2Fb HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response);
        Assert.Contains("\r\ngrpc-status: 13\r\n", response);
        Assert.DoesNotContain("location", response);
    }

    [Theory]
    [InlineData("", "a.b:10000", "a.b:10000")]
    [InlineData("strip_matching_host_port: true", "a.b:10000", "a.b")]
    [InlineData("strip_matching_host_port: true", "a.b:10001", "a.b:10001")]
    [InlineData("strip_any_host_port: true", "a.b:1", "a.b")]
    [InlineData("strip_any_host_port: true", "[::1]:80", "[::1]")]
    [InlineData("strip_any_host_port: true", "[::1]", "[::1]")]
    [InlineData("strip_trailing_host_dot: true", "a.b.", "a.b")]
    [InlineData("strip_trailing_host_dot: true", "a.b.:80", "a.b:80")]
    [InlineData("strip_trailing_host_dot: true\nstrip_any_host_port: true", "a.b.:80", "a.b")]
    public void Host_IsBroughtIntoItsForm(string hcm, string host, string expected)
    {
        using var proxy = ProxyFixture.Http(hcm);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Contains($"\r\nhost: {expected}\r\n", server.Accept().ReadText());
    }

    [Fact]
    public void NoHost_400()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, "GET / HTTP/1.1\r\n\r\n"), "400 Bad Request", "", closes: true);
        Assert.Equal("400 - missing_host_header 0 0\n", proxy.Log("/log"));
        Assert.True(client.IsEnded);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void OptionsStar_404()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "404 Not Found", "");
        Assert.Equal("404 - absolute_path_rejected 0 0\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_non_relative_path"));
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void Connect_404()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", response);
        Assert.Equal("404 NR route_not_found 0 0\n", proxy.Log("/log"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void AbsoluteUrl_ReplacesTheHost()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET http://real/x HTTP/1.1\r\nHost: fake\r\n\r\n");
        string request = server.Accept().ReadText();
        Assert.StartsWith("GET /x HTTP/1.1\r\n", request);
        Assert.Contains("\r\nhost: real\r\n", request);
    }

    [Fact]
    public void HttpsUrlAtAPlaintextEdge_403()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\nuse_remote_address: true");
        string response = proxy.Exchange(proxy.Connect(), "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.AssertLocalReply(response, "403 Forbidden", "Forbidden", closes: true);
        Assert.Equal("403 DPE http1.https_url_on_plaintext_connection 0 9\n", proxy.Log("/log"));
    }

    [Fact]
    public void AbsoluteUrlsOff_404()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog + "\nhttp_protocol_options: { allow_absolute_url: false }");
        proxy.AssertLocalReply(proxy.Exchange(proxy.Connect(), "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), "404 Not Found", "");
        Assert.Equal("404 - absolute_path_rejected 0 0\n", proxy.Log("/log"));
    }
}
