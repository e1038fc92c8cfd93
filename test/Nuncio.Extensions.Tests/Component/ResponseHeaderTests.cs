using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What the connection manager does to response headers, and 1xx responses.</summary>
public sealed class ResponseHeaderTests
{
    [Theory]
    [InlineData("", "Server: origin\r\n", "envoy")]
    [InlineData("", "", "envoy")]
    [InlineData("server_name: mine", "Server: origin\r\n", "mine")]
    [InlineData("server_header_transformation: APPEND_IF_ABSENT", "Server: origin\r\n", "origin")]
    [InlineData("server_header_transformation: APPEND_IF_ABSENT", "", "envoy")]
    [InlineData("server_header_transformation: PASS_THROUGH", "Server: origin\r\n", "origin")]
    [InlineData("server_header_transformation: PASS_THROUGH", "", null)]
    public void Server_IsOursAsConfigured(string hcm, string headers, string? expected)
    {
        string head = Receive(hcm, headers);
        Assert.Equal(expected is null ? 0 : 1, head.Split("\r\nserver: ").Length - 1);
        if (expected is not null)
        {
            Assert.Contains($"\r\nserver: {expected}\r\n", head);
        }
    }

    [Fact]
    public void Date_IsAddedWhereThereIsNone()
    {
        Assert.Contains("\r\ndate: yesterday\r\n", Receive("", "Date: yesterday\r\n"));
        Assert.Matches("\r\ndate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n", Receive("", ""));
    }

    [Theory]
    [InlineData("Connection: X-Y\r\nX-Y: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\n")]
    public void HopByHopHeaders_AreRemoved(string headers)
    {
        string head = Receive("", headers);
        Assert.DoesNotContain("\r\nconnection:", head);
        Assert.DoesNotContain("\r\nkeep-alive:", head);
        Assert.DoesNotContain("\r\nproxy-connection:", head);
    }

    [Fact]
    public void Via_IsAppended() => Assert.Contains("\r\nvia: 1.1 origin, nuncio\r\n", Receive("via: nuncio", "Via: 1.1 origin\r\n"));

    [Fact]
    public void RequestId_IsSentBackWhenAsked()
    {
        Assert.DoesNotContain("x-request-id", Receive("", ""));
        Assert.Contains("\r\nx-request-id: mine\r\n", Receive("always_set_request_id_in_response: true", "", "X-Request-Id: mine\r\n"));
    }

    [Fact]
    public void EnvoyHeaders_AreSuppressed()
    {
        using var proxy = ProxyFixture.Http(router: "suppress_envoy_headers: true");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        Assert.DoesNotContain("x-envoy-", upstream.ReadText());
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.DoesNotContain("x-envoy-", client.ReadText());
    }

    [Fact]
    public void ServiceTime_IsTheUpstreams()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Advance(TimeSpan.FromMilliseconds(250));
        proxy.Exchange(server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Contains("\r\nx-envoy-upstream-service-time: 250\r\n", client.ReadText());
    }

    [Fact]
    public void InterimResponses_AreSwallowedByDefault()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Exchange(upstream, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        Assert.Equal(0, client.Available);
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.ReadText());
    }

    [Fact]
    public void Proxy100Continue_ForwardsExpectAndTheFirstInterimResponse()
    {
        using var proxy = ProxyFixture.Http("proxy_100_continue: true");
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        SimulatedPeer upstream = server.Accept();
        Assert.Contains("\r\nexpect: 100-continue\r\n", upstream.ReadText());
        proxy.Exchange(upstream, "HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", client.ReadText());
        proxy.Exchange(upstream, "HTTP/1.1 103 Early Hints\r\n\r\n");
        Assert.Equal("", client.ReadText());
        proxy.Exchange(client, "hi");
        Assert.Equal("hi", upstream.ReadText());
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.ReadText());
    }

    [Fact]
    public void ExpectContinue_WithALocalAnswer_IsStillAnswered()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "POST /alive HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", response);
        Assert.Contains("\r\nconnection: close\r\n", response);
    }

    private static string Receive(string hcm, string headers, string requestHeaders = "")
    {
        using var proxy = ProxyFixture.Http(hcm);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, $"GET / HTTP/1.1\r\nHost: a\r\n{requestHeaders}\r\n");
        proxy.Exchange(server.Accept(), $"HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n");
        return ProxyFixture.Split(client.ReadText()).Head;
    }
}
