using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>A request that meets a pooled connection which the upstream has just closed: sent once more, or not (RFC 9110, 9.2.2).</summary>
public sealed class ResendTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET", true)]
    [InlineData("GET", false)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("DELETE", false)]
    public void IdempotentRequestOnAStaleConnection_IsSentOnceMore(string method, bool byReset)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, $"{method} /again HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"{method} /again ", stale.ReadText());
        Leave(stale, byReset);
        proxy.Run();
        SimulatedPeer fresh = server.Accept();
        Assert.StartsWith($"{method} /again ", fresh.ReadText());
        proxy.Exchange(fresh, method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : Ok);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.ReadText());
        Assert.StartsWith("200 - via_upstream ", LastLine(proxy));
        Assert.Equal(0, proxy.Counter("cluster.up.upstream_rq_5xx"));
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_rq_active"));
    }

    [Fact]
    public void PostOnAStaleConnection_IsSentOnceMore_WhereTheOperatorAllowsIt()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        Assert.True(proxy.Runtime.TrySetAdminValues(new Dictionary<string, string> { ["nuncio.router.resend_non_idempotent"] = "true" }));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "POST /again HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("POST /again ", stale.ReadText());
        stale.Reset();
        proxy.Run();
        SimulatedPeer fresh = server.Accept();
        Assert.StartsWith("POST /again ", fresh.ReadText());
        proxy.Exchange(fresh, Ok);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.ReadText());
    }

    [Fact]
    public void ItIsSentOnceMoreOnly()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
        stale.Reset();
        proxy.Run();
        server.Accept().Reset();
        proxy.Run();
        Assert.False(server.HasWaiting);
        string body = "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection termination";
        proxy.AssertLocalReply(client.ReadText(), "503 Service Unavailable", body);
        Assert.StartsWith("503 UC upstream_reset_before_response_started{connection_termination} ", LastLine(proxy));
    }

    [Fact]
    public void FirstRequestOfAConnection_IsNotSentAgain()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Accept().Reset();
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.False(server.HasWaiting);
    }

    [Fact]
    public void Post_IsNotSentAgain()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "POST /again HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        stale.Reset();
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.False(server.HasWaiting);
        Assert.StartsWith("503 UC ", LastLine(proxy));
    }

    [Fact]
    public void Post_OfWhichNothingWasSent_IsSentAgain()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        stale.ReceiveCapacity = 0; // The kernel takes nothing, so nothing leaves this process.
        proxy.Exchange(client, "POST /again HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(0, stale.Available);
        stale.Reset();
        proxy.Run();
        SimulatedPeer fresh = server.Accept();
        Assert.StartsWith("POST /again ", fresh.ReadText());
        proxy.Exchange(fresh, Ok);
        Assert.EndsWith("ok", client.ReadText());
    }

    [Fact]
    public void Put_WithABodyThatWasSent_IsNotSentAgain()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "PUT /again HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        stale.Reset();
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.True(client.IsEnded);
        Assert.False(server.HasWaiting);
    }

    [Fact]
    public void Put_WhoseBodyHasNotBegun_IsSentAgainWithIt()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "PUT /again HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        stale.Reset();
        proxy.Run();
        SimulatedPeer fresh = server.Accept();
        proxy.Exchange(client, "abc");
        string request = fresh.ReadText();
        Assert.StartsWith("PUT /again ", request);
        Assert.EndsWith("\r\n\r\nabc", request);
        proxy.Exchange(fresh, Ok);
        Assert.EndsWith("ok", client.ReadText());
    }

    [Fact]
    public void BodyThatComesWhileTheFreshConnectionIsMade_IsSentWithIt()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "PUT /again HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        proxy.Loop.Network.Latency = TimeSpan.FromMilliseconds(50);
        stale.Reset();
        client.Write("abc");
        proxy.Advance(TimeSpan.FromSeconds(1));
        string request = server.Accept().ReadText();
        Assert.EndsWith("\r\n\r\nabc", request);
        Assert.Equal(1, request.Split("PUT ").Length - 1);
    }

    [Fact]
    public void AResponseThatBegan_IsNeverRepeated()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(stale, "HTTP/1.1 2");
        stale.Reset();
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.False(server.HasWaiting);
    }

    [Fact]
    public void ResendToAnUpstreamThatRefuses_503_UF()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        SimulatedPeer stale = Warm(proxy, server, client);
        proxy.Exchange(client, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Stop();
        stale.Reset();
        proxy.Run();
        Assert.Contains("before headers. retried and the latest reset reason: remote connection failure", client.ReadText());
        Assert.StartsWith("503 UF ", LastLine(proxy));
    }

    /// <summary>One exchange, so that the pool holds a connection that has carried a request.</summary>
    private static SimulatedPeer Warm(ProxyFixture proxy, SimulatedServer server, SimulatedPeer client)
    {
        proxy.Exchange(client, "GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        upstream.ReadText();
        proxy.Exchange(upstream, Ok);
        Assert.EndsWith("ok", client.ReadText());
        return upstream;
    }

    private static string LastLine(ProxyFixture proxy) => proxy.Log("/log").TrimEnd('\n').Split('\n')[^1];

    private static void Leave(SimulatedPeer peer, bool byReset)
    {
        if (byReset)
        {
            peer.Reset();
        }
        else
        {
            peer.Close();
        }
    }
}
