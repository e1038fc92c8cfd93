using System.Net;
using System.Net.Sockets;
using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Curl;

public sealed class CurlTests
{
    [Fact]
    public void Get_IsAnsweredWithTheProxysHeaders()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        string answer = CurlClient.Run("--include", proxy.Url("/a/b?c=d")).Good().Text;
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("\r\nx-request-line: GET /a/b?c=d HTTP/1.1\r\n", answer);
        Assert.Contains("\r\nserver: envoy\r\n", answer);
        Assert.Contains("\r\nx-envoy-upstream-service-time: ", answer);
        Assert.Contains("\r\nx-forwarded-proto: http\r\n", server.Heads[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nx-request-id: ", server.Heads[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, proxy.Stat("http.web.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Stat("cluster.up.upstream_rq_200"));
    }

    [Fact]
    public void PostWithLength_ArrivesWithLength()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        byte[] body = Body(300_000);
        Finished answer = CurlClient.Run(body, "--data-binary", "@-", "--dump-header", "/dev/stderr", proxy.Url()).Good();
        Assert.Equal(body, answer.Output);
        Assert.Contains("x-framing: length", answer.Errors);
    }

    [Fact]
    public void ChunkedPost_ArrivesChunked()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        byte[] body = Body(300_000);
        Finished answer = CurlClient.Run(body, "--upload-file", "-", "--request", "POST", "--dump-header", "/dev/stderr", proxy.Url()).Good();
        Assert.Equal(body, answer.Output);
        Assert.Contains("x-framing: chunked", answer.Errors);
        Assert.DoesNotContain("content-length", server.Heads[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Head_HasALengthAndNoBody()
    {
        using NginxServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        string answer = CurlClient.Run("--head", proxy.Url("/small"), proxy.Url("/small")).Good().Text;
        Assert.Equal(2, answer.Split("HTTP/1.1 200 OK\r\n").Length - 1);
        Assert.Contains("\r\ncontent-length: 34\r\n", answer);
    }

    [Fact]
    public void ExpectContinue_IsAnsweredBeforeTheBody()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        byte[] body = Body(50_000);
        Finished answer = CurlClient.Run(
            body, "--verbose", "--header", "Expect: 100-continue", "--expect100-timeout", "15", "--data-binary", "@-", proxy.Url()).Good();
        Assert.Equal(body, answer.Output);
        int interim = answer.Errors.IndexOf("< HTTP/1.1 100 Continue", StringComparison.Ordinal);
        Assert.True(interim >= 0, answer.Errors);
        Assert.True(interim < answer.Errors.IndexOf("< HTTP/1.1 200 OK", StringComparison.Ordinal), answer.Errors);
    }

    [Fact]
    public void SeveralRequests_ReuseOneConnectionEachWay()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        string url = proxy.Url();
        string connects = CurlClient.Run("--output", "/dev/null", "--output", "/dev/null", "--output", "/dev/null", "--write-out", "%{num_connects} ", url, url, url).Good().Text;
        Assert.Equal("1 0 0 ", connects);
        Assert.Equal(1, server.ConnectionCount);
        Assert.Equal(1, proxy.Stat("http.web.downstream_cx_total"));
        Assert.Equal(3, proxy.Stat("cluster.up.upstream_rq_total"));
    }

    [Fact]
    public void Http10_IsRefusedByDefault()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address));
        Assert.Equal("426", CurlClient.Run("--http1.0", "--output", "/dev/null", "--write-out", "%{http_code}", proxy.Url()).Good().Text);
        Assert.Equal(0, server.ConnectionCount);
    }

    [Fact]
    public void Http10_IsServedWhenAllowedAndTheConnectionEnds()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address, manager: "http_protocol_options: { accept_http_10: true, default_host_for_http_10: a.b }"));
        string answer = CurlClient.Run("--http1.0", "--include", "--data", "hello", proxy.Url()).Good().Text;
        Assert.StartsWith("HTTP/1.0 200 OK\r\n", answer);
        Assert.EndsWith("\r\n\r\nhello", answer);
        Assert.Contains("\r\nconnection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void IPv6_IsServed()
    {
        if (!HasIPv6())
        {
            Assert.Skip("this machine has no IPv6");
        }

        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configurations.Http(server.Address, listen: "socket_address: { address: '::1', port_value: 0 }"));
        Assert.Equal("six", CurlClient.Run("--data", "six", $"http://[::1]:{proxy.Port()}/").Good().Text);
    }

    [Fact]
    public void UnixDomainSockets_AreServedOnBothSides()
    {
        using Scratch scratch = new();
        using ReflectingServer server = new(scratch.PathOf("up"));
        using NuncioProcess proxy = new(Configurations.Http(server.Address, listen: Configurations.Address(scratch.PathOf("down"))));
        Assert.Equal("unix", CurlClient.Run("--data", "unix", "--unix-socket", scratch.PathOf("down"), "http://name/").Good().Text);
        Assert.Contains("\r\nhost: name\r\n", server.Heads[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void NobodyListensUpstream_IsExplained()
    {
        using NuncioProcess proxy = new(Configurations.Http(Configurations.Address(Ports.Free())));
        string answer = CurlClient.Run("--include", proxy.Url()).Good().Text;
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer);
        Assert.EndsWith(
            "\r\n\r\nupstream connect error or disconnect/reset before headers. reset reason: remote connection failure, " +
            "transport failure reason: delayed connect error: Connection refused",
            answer);
    }

    [Fact]
    public void DirectResponsesAndRedirects_NeedNoUpstream()
    {
        using NuncioProcess proxy = new(Configurations.Http(Configurations.Address(Ports.Free()), routes: """
            - match: { path: /hello }
              direct_response: { status: 201, body: { inline_string: "hello\n" } }
            - match: { path: /away }
              redirect: { path_redirect: /hello }
            """));
        Assert.Equal("hello\n201", CurlClient.Run("--write-out", "%{http_code}", proxy.Url("/hello")).Good().Text);
        Assert.Equal("hello\n201 1", CurlClient.Run("--location", "--write-out", "%{http_code} %{num_redirects}", proxy.Url("/away")).Good().Text);
    }

    private static byte[] Body(int length)
    {
        byte[] body = new byte[length];
        new Random(3).NextBytes(body);
        return body;
    }

    private static bool HasIPv6()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
