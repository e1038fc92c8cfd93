using Nuncio.Core.HttpFilters;
using Nuncio.Http.Headers;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>The response's way back through the filters: every status of every phase. Filter b comes first here.</summary>
public sealed class FilterChainResponseTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Fact]
    public void StopIteration_KeepsHeadersBack_DataContinuePassesThemFirst()
    {
        using var chain = Begin(b: new FilterScript { ResponseHeaders = (_, _, _) => HeadersStatus.StopIteration }, out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, Head);
        Assert.Equal("b resH", chain.Take());
        Assert.Equal(0, chain.Client.Available);
        chain.Proxy.Exchange(upstream, "3\r\nabc\r\n");
        Assert.Equal("b resD abc, a resH, a resD abc", chain.Take());
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n", chain.Client.ReadText());
    }

    [Theory]
    [InlineData(HeadersStatus.StopIteration)]
    [InlineData(HeadersStatus.StopAllIterationAndBuffer)]
    [InlineData(HeadersStatus.StopAllIterationAndWatermark)]
    public void HeadersOnlyStopped_ContinuesFromATimer(HeadersStatus status)
    {
        using var chain = Begin(
            b: new FilterScript
            {
                ResponseHeaders = (filter, _, _) =>
                {
                    filter.After(TimeSpan.FromSeconds(1), filter.Stream.ContinueResponse);
                    return status;
                },
            },
            out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal("b resH end", chain.Take());
        Assert.Equal(0, chain.Client.Available);
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a resH end, a complete, b complete, a destroy, b destroy", chain.Take());
        Assert.StartsWith("HTTP/1.1 204 ", chain.Client.ReadText());
    }

    [Theory]
    [InlineData(HeadersStatus.StopAllIterationAndBuffer)]
    [InlineData(HeadersStatus.StopAllIterationAndWatermark)]
    public void StopAll_HoldsBodyAndTrailersBack(HeadersStatus status)
    {
        using var chain = Begin(b: new FilterScript { ResponseHeaders = (_, _, _) => status }, out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, Head + "3\r\nabc\r\n");
        chain.Proxy.Exchange(upstream, "1\r\nd\r\n0\r\nU: 2\r\n\r\n");
        Assert.Equal("b resH", chain.Take());
        chain.B.Last.Stream.ContinueResponse();
        chain.Proxy.Run();
        Assert.StartsWith("a resH, b resD abcd, a resD abcd, b resT, a resT, ", chain.Take());
        Assert.EndsWith("\r\n\r\n4\r\nabcd\r\n0\r\nu: 2\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void StopAndBuffer_OverTheLimit_500_PastTheFilters()
    {
        using var chain = Begin(
            b: new FilterScript { ResponseHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer },
            out SimulatedPeer upstream,
            listener: "per_connection_buffer_limit_bytes: 1000");
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 1001));
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "500 Internal Server Error", "Internal Server Error");
        Assert.Equal("500 - response_payload_too_large 0 21\n", chain.Proxy.Log("/log"));
        Assert.Equal(1, chain.Proxy.Counter("http.web.rs_too_large"));
        Assert.True(upstream.IsClosed);
        Assert.DoesNotContain("a resH", chain.Take());
        Assert.False(chain.Client.IsClosed);
    }

    [Fact]
    public void DataStopAndBuffer_OverTheLimitAfterTheHeadersWereSent_CutsTheClientOff()
    {
        using var chain = Begin(
            b: new FilterScript { ResponseData = (_, _, _) => DataStatus.StopIterationAndBuffer },
            out SimulatedPeer upstream,
            listener: "per_connection_buffer_limit_bytes: 1000");
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 1001));
        Assert.True(chain.Client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 - response_payload_too_large 0 0\n", chain.Proxy.Log("/log"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Watermark_OverTheLimit_PausesTheUpstream(bool fromHeaders)
    {
        var script = fromHeaders
            ? new FilterScript { ResponseHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndWatermark }
            : new FilterScript { ResponseData = (_, _, _) => DataStatus.StopIterationAndWatermark };
        using var chain = Begin(b: script, out SimulatedPeer upstream, listener: "per_connection_buffer_limit_bytes: 20000");
        string body = new('x', 500_000);
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + body);
        Assert.InRange(chain.B.Last.Stream.BufferedResponse!.Length, 20_001, 200_000);
        Assert.Equal(1, chain.Proxy.Counter("cluster.up.upstream_flow_control_paused_reading_total"));
        string received = "";
        for (int i = 0; i < 100 && !received.EndsWith('!') && chain.Proxy.Gauge("http.web.downstream_rq_active") > 0; i++)
        {
            chain.B.Last.Stream.ContinueResponse();
            chain.Proxy.Run();
            received += chain.Client.ReadText();
        }

        Assert.EndsWith("\r\n\r\n" + body, received);
        Assert.Equal(
            chain.Proxy.Counter("cluster.up.upstream_flow_control_paused_reading_total"),
            chain.Proxy.Counter("cluster.up.upstream_flow_control_resumed_reading_total"));
    }

    [Fact]
    public void DataStopNoBuffer_TakesThePieceOut()
    {
        using var chain = Begin(
            b: new FilterScript { ResponseData = (_, _, end) => end ? DataStatus.Continue : DataStatus.StopIterationNoBuffer }, out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, Head + "3\r\nabc\r\n");
        chain.Proxy.Exchange(upstream, "0\r\n\r\n");
        Assert.EndsWith("\r\n\r\n0\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void TrailersStop_ContinueLater()
    {
        using var chain = Begin(b: new FilterScript { ResponseTrailers = (_, _) => TrailersStatus.StopIteration }, out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, Head + "3\r\nabc\r\n0\r\nU: 2\r\n\r\n");
        Assert.Equal("b resH, a resH, b resD abc, a resD abc, b resT", chain.Take());
        chain.B.Last.Stream.ContinueResponse();
        chain.Proxy.Run();
        Assert.StartsWith("a resT, ", chain.Take());
        Assert.EndsWith("0\r\nu: 2\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void EverythingStopped_TrailersContinue_ReleasesAllInOrder()
    {
        using var chain = Begin(
            b: new FilterScript
            {
                ResponseHeaders = (_, _, _) => HeadersStatus.StopIteration,
                ResponseData = (_, _, _) => DataStatus.StopIterationAndBuffer,
            },
            out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, Head + "3\r\nabc\r\n0\r\nU: 2\r\n\r\n");
        Assert.StartsWith("b resH, b resD abc, b resT, a resH, a resD abc, a resT", chain.Take());
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\nu: 2\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void Informational_PassesTheFiltersInReverse()
    {
        using var chain = new FilterChainFixture(hcm: "proxy_100_continue: true");
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        chain.Take();
        chain.Proxy.Exchange(chain.Server.Accept(), "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        Assert.Equal("b info, a info", chain.Take());
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void StatusRemoved_502_PastTheFilters()
    {
        using var chain = Begin(
            b: new FilterScript
            {
                ResponseHeaders = (_, headers, _) =>
                {
                    headers.Remove(KnownHeader.Status);
                    return HeadersStatus.Continue;
                },
            },
            out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "502 Bad Gateway", "missing required header: :status");
        Assert.Equal("502 - filter_removed_required_response_headers{:status} 0 32\n", chain.Proxy.Log("/log"));
        Assert.Equal(1, chain.Take().Split("b resH").Length - 1);
        Assert.Equal(1, chain.Proxy.Counter("http.web.downstream_rq_5xx"));
    }

    [Fact]
    public void LocalReplyFromResponseHeaders_ReplacesTheResponse_PastTheFilters()
    {
        using var chain = Begin(
            b: new FilterScript
            {
                ResponseHeaders = (filter, _, _) =>
                {
                    filter.Stream.SendLocalReply(418, "short"u8, "teapot");
                    return HeadersStatus.StopIteration;
                },
            },
            out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "418 Unknown", "short");
        Assert.Equal("b resH, a local 418 teapot, b local 418 teapot, a complete, b complete, a destroy, b destroy", chain.Take());
        Assert.Equal("418 - teapot 0 5\n", chain.Proxy.Log("/log"));
        Assert.False(chain.Client.IsClosed);
        Assert.Equal(0, chain.Proxy.Gauge("cluster.up.upstream_rq_active"));
    }

    [Fact]
    public void LocalReplyWhileAnotherFilterHoldsTheResponse_ReplacesIt()
    {
        using var chain = Begin(b: null, out SimulatedPeer upstream, a: new FilterScript { ResponseHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer });
        chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        chain.Take();
        chain.B.Last.Stream.SendLocalReply(503, "other"u8, "other");
        chain.Proxy.Run();
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "503 Service Unavailable", "other");
        Assert.DoesNotContain("resH", chain.Take());
    }

    [Fact]
    public void LocalReplyAfterTheResponseBegan_CutsTheClientOff()
    {
        using var chain = Begin(
            b: new FilterScript
            {
                ResponseData = (filter, _, _) =>
                {
                    filter.Stream.SendLocalReply(500, default, "too_late");
                    return DataStatus.Continue;
                },
            },
            out SimulatedPeer upstream);
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        Assert.True(chain.Client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal("200 - too_late 0 0\n", chain.Proxy.Log("/log"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LocalReplyHeldByAFilter_CancelsTheUpstream_AndIsSentOnContinue(bool responseComes)
    {
        bool replied = false;
        using var chain = Begin(
            b: null,
            out SimulatedPeer upstream,
            a: new FilterScript { ResponseHeaders = (_, _, _) => replied ? HeadersStatus.StopAllIterationAndBuffer : HeadersStatus.Continue });
        replied = true;
        chain.B.Last.Stream.SendLocalReply(503, "held"u8, "held");
        chain.Proxy.Run();
        Assert.True(upstream.IsClosed);
        if (responseComes && !upstream.IsClosed)
        {
            chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        }

        Assert.Equal(0, chain.Client.Available);
        chain.A.Last.Stream.ContinueResponse();
        chain.Proxy.Run();
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "503 Service Unavailable", "held");
    }

    private static FilterChainFixture Begin(FilterScript? b, out SimulatedPeer upstream, FilterScript? a = null, string listener = "")
    {
        var chain = new FilterChainFixture(a, b, listener: listener);
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream = chain.Server.Accept();
        chain.Take();
        return chain;
    }
}
