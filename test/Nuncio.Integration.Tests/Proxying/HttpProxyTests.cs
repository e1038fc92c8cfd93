using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Proxying;

public sealed class HttpProxyTests
{
    [Fact]
    public void Get_ReachesUpstreamAndComesBack()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");

        client.Send("GET /proxied/a?b=c HTTP/1.1\r\nhost: example.com\r\nx-own: 1\r\n\r\n");
        using RawClient behind = upstream.Accept();
        HttpReply request = behind.ReadRequest();
        behind.Send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-theirs: 2\r\n\r\nhello");
        HttpReply reply = client.ReadReply();

        Assert.Equal("GET /proxied/a?b=c HTTP/1.1", request.FirstLine);
        Assert.Equal("example.com", request.Header("host"));
        Assert.Equal("1", request.Header("x-own"));
        Assert.Equal("http", request.Header("x-forwarded-proto"));
        Assert.NotNull(request.Header("x-request-id"));
        Assert.Equal("15000", request.Header("x-envoy-expected-rq-timeout-ms"));
        Assert.Equal(200, reply.Status);
        Assert.Equal("hello", reply.Body);
        Assert.Equal("2", reply.Header("x-theirs"));
        Assert.Equal("envoy", reply.Header("server"));
        Assert.NotNull(reply.Header("date"));
        Assert.NotNull(reply.Header("x-envoy-upstream-service-time"));
    }

    [Fact]
    public void PostChunked_BodyArrivesWhole()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");

        client.Send("POST /proxied HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        using RawClient behind = upstream.Accept();
        client.Send("7\r\n second\r\n0\r\n\r\n");
        HttpReply request = behind.ReadRequest();
        behind.Send("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndone\r\n0\r\n\r\n");
        HttpReply reply = client.ReadReply();

        Assert.Equal("first second", request.Body);
        Assert.Equal("chunked", request.Header("transfer-encoding"));
        Assert.Equal(201, reply.Status);
        Assert.Equal("done", reply.Body);
    }

    [Fact]
    public void SecondRequest_UsesBothConnectionsAgain()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");

        client.Send("GET /proxied/1 HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        behind.Send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
        Assert.Equal("1", client.ReadReply().Body);
        client.Send("GET /proxied/2 HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.Equal("GET /proxied/2 HTTP/1.1", behind.ReadRequest().FirstLine);
        behind.Send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2");

        Assert.Equal("2", client.ReadReply().Body);
        Assert.Equal(1, server.Instance.Stats.CounterValue("cluster.upstream.upstream_cx_total"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("http.test.downstream_cx_total"));
    }

    [Fact]
    public void LargeBody_PassesUnchanged()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");
        string body = string.Concat(Enumerable.Range(0, 100_000).Select(static i => i.ToString("x8", System.Globalization.CultureInfo.InvariantCulture)));

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        var sender = new Thread(() => behind.Send($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}"));
        sender.Start();
        HttpReply reply = client.ReadReply();
        sender.Join();

        Assert.True(body == reply.Body, "the body changed on its way");
    }

    [Fact]
    public void NoRoute_Answers404()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Get("http", "/nowhere");

        Assert.Equal(404, reply.Status);
        Assert.Equal("", reply.Body);
        Assert.Equal(1, server.Instance.Stats.CounterValue("http.test.no_route"));
    }

    [Fact]
    public void UpstreamRefuses_Answers503AndSaysSo()
    {
        int port;
        using (var gone = new ScriptedUpstream())
        {
            port = gone.Port;
        }

        using TestServer server = TestServer.Start(Configs.Http(port));

        HttpReply reply = server.Get("http", "/proxied");

        Assert.Equal(503, reply.Status);
        Assert.StartsWith("upstream connect error or disconnect/reset before headers. reset reason: remote connection failure", reply.Body, StringComparison.Ordinal);
        Assert.Equal(1, server.Instance.Stats.CounterValue("cluster.upstream.upstream_cx_connect_fail"));
    }

    [Fact]
    public void UpstreamClosesWithoutAnswer_Answers503()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        RawClient behind = upstream.Accept();
        behind.ReadRequest();
        behind.Dispose();
        HttpReply reply = client.ReadReply();

        Assert.Equal(503, reply.Status);
        Assert.Equal("upstream connect error or disconnect/reset before headers. reset reason: connection termination", reply.Body);
    }

    [Fact]
    public void Garbage_Answers400AndOthersAreServed()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        using RawClient client = server.Connect("http");

        client.Send("\u0001\u0002\u0003 this is not HTTP\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", client.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal("direct", server.Get("http", "/direct").Body);
        Assert.Equal(1, server.Instance.Stats.CounterValue("http.test.downstream_cx_protocol_error"));
    }
}
