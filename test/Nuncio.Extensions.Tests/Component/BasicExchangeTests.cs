using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Requests and responses that go well, through the whole proxy.</summary>
public sealed class BasicExchangeTests
{
    [Fact]
    public void Get_IsForwardedWithProxyHeaders_AndAnswered()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();

        Assert.Equal("", proxy.Exchange(client, "GET /hello?a=1 HTTP/1.1\r\nHost: Example.com\r\nX-Thing: 1\r\n\r\n"));
        SimulatedPeer upstream = server.Accept();
        string request = upstream.ReadText();
        Assert.StartsWith("GET /hello?a=1 HTTP/1.1\r\nhost: Example.com\r\nx-thing: 1\r\nx-forwarded-proto: http\r\nx-request-id: ", request);
        Assert.Contains("\r\nx-envoy-expected-rq-timeout-ms: 15000\r\n\r\n", request);
        Assert.DoesNotContain("x-forwarded-for", request);

        string response = proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal("", response);
        response = client.ReadText();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response);
        Assert.Contains("\r\ncontent-length: 5\r\n", response);
        Assert.Contains("\r\nx-envoy-upstream-service-time: 0\r\n", response);
        Assert.Contains("\r\nserver: envoy\r\n", response);
        Assert.Contains("\r\ndate: ", response);
        Assert.DoesNotContain("origin", response);
        Assert.EndsWith("\r\n\r\nhello", response);

        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_total"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_rq_200"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(1, proxy.Gauge("http.web.downstream_cx_active"));
    }

    [Fact]
    public void SecondRequest_ReusesBothConnections()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        upstream.ReadText();
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", client.ReadText());

        proxy.Exchange(client, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /2 ", upstream.ReadText());
        Assert.False(server.HasWaiting);
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.ReadText());
        Assert.Equal(1, proxy.Counter("cluster.up.upstream_cx_total"));
        Assert.Equal(2, proxy.Counter("cluster.up.upstream_rq_total"));
    }

    [Fact]
    public void ChunkedBodyBothWays_Arrives()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(client, "2\r\nde\r\n0\r\n\r\n");
        string request = upstream.ReadText();
        Assert.Contains("\r\ntransfer-encoding: chunked\r\n", request);
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", request);

        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n");
        string response = client.ReadText();
        Assert.EndsWith("\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n", response);
    }

    [Fact]
    public void PipelinedRequests_AreAnsweredInOrder()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        Assert.StartsWith("GET /1 ", upstream.ReadText());
        Assert.StartsWith("GET /2 ", proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"));
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        string both = client.ReadText();
        Assert.True(both.IndexOf("\r\n\r\n1", StringComparison.Ordinal) < both.IndexOf("\r\n\r\n2", StringComparison.Ordinal));
    }

    [Fact]
    public void HeadRequest_KeepsLengthAndHasNoBody()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        string response = client.ReadText();
        Assert.Contains("content-length: 1000\r\n", response);
        Assert.EndsWith("\r\n\r\n", response);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
    }

    [Fact]
    public void ExpectContinue_IsAnsweredByUsAndStripped()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        string interim = proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", interim);
        proxy.Exchange(client, "hi");
        string request = server.Accept().ReadText();
        Assert.DoesNotContain("\r\nexpect:", request);
        Assert.EndsWith("\r\n\r\nhi", request);
    }

    [Fact]
    public void CloseDelimitedResponse_ReachesTheClientWhole()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        upstream.ReadText();
        upstream.Write("HTTP/1.1 200 OK\r\n\r\nall there is");
        upstream.Close();
        proxy.Run();
        Assert.EndsWith("\r\n\r\nc\r\nall there is\r\n0\r\n\r\n", client.ReadText());
    }

    [Fact]
    public void AccessLog_HasTheDefaultFormat()
    {
        using var proxy = ProxyFixture.Http(hcm: """
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log/access
            """);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /x HTTP/1.1\r\nHost: a.b\r\nUser-Agent: test\r\nX-Request-Id: id-1\r\n\r\n");
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        Assert.EndsWith(
            "\"GET /x HTTP/1.1\" 200 - 0 3 0 0 \"-\" \"test\" \"id-1\" \"a.b\" \"10.0.0.2:8080\"\n", proxy.Log("/log/access"));
    }
}
