using Nuncio.Extensions.Tests.Component;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.HttpFilters.Buffer;

/// <summary>The buffer filter, in a whole proxy.</summary>
public sealed class BufferFilterTests
{
    private const string Filter = """
        - name: buffer
          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 10 }

        """;

    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Body_IsHeldUntilItIsWhole_AndGetsItsLength()
    {
        using var proxy = ProxyFixture.Http(filters: Filter);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        proxy.Exchange(client, "4\r\ndefg\r\n");
        Assert.False(server.HasWaiting);
        proxy.Exchange(client, "0\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        string request = upstream.ReadText();
        Assert.Contains("\r\ncontent-length: 7\r\n", request);
        Assert.DoesNotContain("transfer-encoding", request);
        Assert.EndsWith("\r\n\r\nabcdefg", request);
        proxy.Exchange(upstream, Ok);
        Assert.EndsWith("ok", client.ReadText());
    }

    [Fact]
    public void RequestWithoutBody_IsNotHeld()
    {
        using var proxy = ProxyFixture.Http(filters: Filter);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.DoesNotContain("content-length", server.Accept().ReadText());
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n0123456789", true)]
    [InlineData("Content-Length: 11\r\n\r\n01234567890", false)]
    [InlineData("Content-Length: 500\r\n\r\n01234567890", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", false)]
    public void TooLargeABody_413(string rest, bool passes)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog, filters: Filter);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\n" + rest);
        Assert.Equal(passes, server.HasWaiting);
        if (!passes)
        {
            Assert.StartsWith("HTTP/1.1 413 Payload Too Large\r\n", response);
            Assert.EndsWith("\r\n\r\nPayload Too Large", response);
            Assert.Equal(1, proxy.Counter("http.web.downstream_rq_too_large"));
            Assert.StartsWith("413 - request_payload_too_large ", proxy.Log("/log"));
            proxy.AssertServesOthers();
        }
    }

    [Fact]
    public void TooLargeInPieces_413_WhenTheLimitIsCrossed()
    {
        using var proxy = ProxyFixture.Http(filters: Filter);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123456789"));
        string response = proxy.Exchange(client, "x");
        proxy.AssertLocalReply(response, "413 Payload Too Large", "Payload Too Large", closes: true);
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void TooLarge_WhenTheWholeRequestHasArrived_KeepsTheConnection()
    {
        using var proxy = ProxyFixture.Http(filters: Filter);
        SimulatedPeer client = proxy.Connect();
        string response = proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890");
        proxy.AssertLocalReply(response, "413 Payload Too Large", "Payload Too Large");
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void LimitAboveTheConnections_Counts()
    {
        using var proxy = ProxyFixture.Http(
            filters: Filter.Replace("max_request_bytes: 10", "max_request_bytes: 5000", StringComparison.Ordinal), listener: "per_connection_buffer_limit_bytes: 1000");
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n" + new string('x', 4000));
        Assert.EndsWith("xxx", server.Accept().ReadText());
    }

    [Fact]
    public void TrailersEndTheBody_AndItIsSentAsAWhole()
    {
        using var proxy = ProxyFixture.Http("http_protocol_options: { enable_trailers: true }", filters: Filter);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        Assert.False(server.HasWaiting);
        proxy.Exchange(client, "0\r\nT: 1\r\n\r\n");
        string request = server.Accept().ReadText();
        Assert.Contains("abc", request);
        Assert.Contains("\r\ncontent-length: 3\r\n", request);
    }

    [Fact]
    public void Route_ChangesTheLimitOrLeavesTheFilterOut()
    {
        using var proxy = ProxyFixture.Http(filters: Filter, routes: """
            - match: { prefix: /small }
              route: { cluster: up }
              typed_per_filter_config:
                buffer: { "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute, buffer: { max_request_bytes: 3 } }
            - match: { prefix: /off }
              route: { cluster: up }
              typed_per_filter_config:
                buffer: { "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute, disabled: true }
            - match: { prefix: / }
              route: { cluster: up }
            """);
        SimulatedServer server = proxy.Serve();
        Assert.StartsWith("HTTP/1.1 413 ", proxy.Exchange(proxy.Connect(), "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd"));
        Assert.False(server.HasWaiting);
        proxy.Exchange(proxy.Connect(), "POST /off HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabcd");
        Assert.EndsWith("\r\n\r\nabcd", server.Accept().ReadText());
        proxy.Exchange(proxy.Connect(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
        Assert.EndsWith("\r\n\r\nabcde", server.Accept().ReadText());
    }

    [Fact]
    public void ReusedFilter_ForgetsTheStreamBefore()
    {
        using var proxy = ProxyFixture.Http(filters: Filter);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
        client.Close();
        proxy.Run();
        SimulatedPeer second = proxy.Connect();
        proxy.Exchange(second, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        Assert.EndsWith("\r\n\r\nhi", server.Accept().ReadText());
    }

    [Theory]
    [InlineData("max_request_bytes: 0")]
    [InlineData("")]
    [InlineData("max_request_bytes: 4294967295")]
    public void BadLimit_IsRefused(string config)
    {
        string filter = Filter.Replace("max_request_bytes: 10", config, StringComparison.Ordinal).Replace(",  }", " }", StringComparison.Ordinal);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ProxyFixture.Http(filters: filter));
        Assert.Contains("max_request_bytes", error.Message);
    }
}
