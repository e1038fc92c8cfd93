using Nuncio.Core.HttpFilters;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>The request's way through the filters: every status of every phase.</summary>
public sealed class FilterChainRequestTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Fact]
    public void Continue_PassesEverythingInOrderAndBackInReverse()
    {
        using var chain = new FilterChainFixture();
        chain.Send(Head);
        Assert.Equal("a reqH, b reqH", chain.Take());
        chain.Send("3\r\nabc\r\n");
        Assert.Equal("a reqD abc, b reqD abc", chain.Take());
        chain.Send("0\r\nT: 1\r\n\r\n");
        Assert.Equal("a reqT, b reqT", chain.Take());
        SimulatedPeer upstream = chain.Server.Accept();
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\nt: 1\r\n\r\n", upstream.ReadText());
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nU: 2\r\n\r\n");
        Assert.Equal("b resH, a resH, b resD ok, a resD ok, b resT, a resT, a complete, b complete, a destroy, b destroy", chain.Take());
        Assert.EndsWith("\r\n\r\n2\r\nok\r\n0\r\nu: 2\r\n\r\n", chain.Client.ReadText());
    }

    [Fact]
    public void HeadersOnly_EndsWithTheHeaders()
    {
        using var chain = new FilterChainFixture();
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("a reqH end, b reqH end", chain.Take());
        chain.Proxy.Exchange(chain.Server.Accept(), "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal("b resH end, a resH end, a complete, b complete, a destroy, b destroy", chain.Take());
    }

    [Fact]
    public void StopIteration_KeepsHeadersBack_DataStillComesToTheFilter()
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestHeaders = (_, _, _) => HeadersStatus.StopIteration,
            RequestData = (_, _, end) => end ? DataStatus.Continue : DataStatus.StopIterationAndBuffer,
        });
        chain.Send(Head + "3\r\nabc\r\n");
        chain.Send("3\r\ndef\r\n");
        Assert.Equal("a reqH, a reqD abc, a reqD def", chain.Take());
        Assert.False(chain.Server.HasWaiting);
        chain.Send("0\r\n\r\n");
        Assert.Equal("a reqD  end, b reqH, b reqD abcdef end", chain.Take());
        Assert.Contains("abcdef", chain.Server.Accept().ReadText());
    }

    [Fact]
    public void StopIteration_DataContinue_PassesHeadersFirst()
    {
        using var chain = new FilterChainFixture(new FilterScript { RequestHeaders = (_, _, _) => HeadersStatus.StopIteration });
        chain.Send(Head);
        Assert.Equal("a reqH", chain.Take());
        chain.Send("3\r\nabc\r\n");
        Assert.Equal("a reqD abc, b reqH, b reqD abc", chain.Take());
        chain.Send("1\r\nd\r\n0\r\n\r\n");
        Assert.Equal("a reqD d end, b reqD d end", chain.Take());
    }

    [Theory]
    [InlineData(HeadersStatus.StopIteration)]
    [InlineData(HeadersStatus.StopAllIterationAndBuffer)]
    [InlineData(HeadersStatus.StopAllIterationAndWatermark)]
    public void HeadersOnlyStopped_ContinuesFromATimer(HeadersStatus status)
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestHeaders = (filter, _, _) =>
            {
                filter.After(TimeSpan.FromSeconds(1), filter.Stream.ContinueRequest);
                return status;
            },
        });
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("a reqH end", chain.Take());
        Assert.False(chain.Server.HasWaiting);
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b reqH end", chain.Take());
        Assert.True(chain.Server.HasWaiting);
        chain.A.Last.Stream.ContinueRequest(); // Once more does nothing.
        Assert.Equal("", chain.Take());
    }

    [Theory]
    [InlineData(HeadersStatus.StopAllIterationAndBuffer)]
    [InlineData(HeadersStatus.StopAllIterationAndWatermark)]
    public void StopAll_HoldsBodyAndTrailersBackForTheFilterToo(HeadersStatus status)
    {
        using var chain = new FilterChainFixture(b: new FilterScript { RequestHeaders = (_, _, _) => status });
        chain.Send(Head + "3\r\nabc\r\n");
        chain.Send("3\r\ndef\r\n0\r\nT: 1\r\n\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, a reqD def, a reqT", chain.Take());
        chain.B.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.Equal("b reqD abcdef, b reqT", chain.Take());
        Assert.EndsWith("\r\n\r\n6\r\nabcdef\r\n0\r\nt: 1\r\n\r\n", chain.Server.Accept().ReadText());
    }

    [Fact]
    public void StopAllAndBuffer_ContinueInTheMiddle_GoesOnStreaming()
    {
        using var chain = new FilterChainFixture(new FilterScript { RequestHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer });
        chain.Send(Head + "3\r\nabc\r\n");
        chain.A.Last.Stream.ContinueRequest();
        chain.Send("3\r\ndef\r\n0\r\n\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, b reqD abc, a reqD def end, b reqD def end", chain.Take());
    }

    [Fact]
    public void StopAllAndBuffer_OverTheLimit_413()
    {
        using var chain = new FilterChainFixture(
            new FilterScript { RequestHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer },
            listener: "per_connection_buffer_limit_bytes: 1000");
        string response = chain.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + new string('x', 1001));
        chain.Proxy.AssertLocalReply(response, "413 Payload Too Large", "Payload Too Large", closes: true);
        Assert.Equal("413 - request_payload_too_large 1001 17\n", chain.Proxy.Log("/log"));
        Assert.Equal(1, chain.Proxy.Counter("http.web.downstream_rq_too_large"));
        Assert.False(chain.Server.HasWaiting);
    }

    [Fact]
    public void DataStopAndBuffer_OverTheLimit_413_AfterTheHeadersPassed()
    {
        using var chain = new FilterChainFixture(
            new FilterScript { RequestData = (_, _, _) => DataStatus.StopIterationAndBuffer }, listener: "per_connection_buffer_limit_bytes: 1000");
        chain.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
        SimulatedPeer upstream = chain.Server.Accept();
        string response = chain.Send(new string('x', 1000));
        Assert.Equal("", response);
        response = chain.Send("x");
        Assert.StartsWith("HTTP/1.1 413 ", response);
        Assert.True(upstream.IsClosed);

    }

    [Fact]
    public void StopAllAndWatermark_OverTheLimit_PausesTheClient()
    {
        using var chain = new FilterChainFixture(
            new FilterScript { RequestHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndWatermark },
            listener: "per_connection_buffer_limit_bytes: 20000");
        string body = new('x', 500_000);
        Assert.Equal("", chain.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + body));
        int held = chain.A.Last.Stream.BufferedRequest!.Length;
        Assert.InRange(held, 20_001, 200_000);
        Assert.Equal(1, chain.Proxy.Counter("http.web.downstream_flow_control_paused_reading_total"));
        chain.A.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.Equal(1, chain.Proxy.Counter("http.web.downstream_flow_control_resumed_reading_total"));
        Assert.EndsWith("\r\n\r\n" + body, chain.Server.Accept().ReadText());
    }

    [Fact]
    public void DataStopAndWatermark_HoldsUntilContinue()
    {
        using var chain = new FilterChainFixture(new FilterScript { RequestData = (_, _, _) => DataStatus.StopIterationAndWatermark });
        chain.Send(Head + "3\r\nabc\r\n");
        chain.Send("1\r\nd\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, a reqD d", chain.Take());
        Assert.Equal("abcd", System.Text.Encoding.ASCII.GetString(chain.A.Last.Stream.BufferedRequest!.ToArray()));
        chain.A.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.Equal("b reqD abcd", chain.Take());
        Assert.Null(chain.A.Last.Stream.BufferedRequest);
    }

    [Fact]
    public void DataStopNoBuffer_TakesThePieceOut()
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestData = (_, _, end) => end ? DataStatus.Continue : DataStatus.StopIterationNoBuffer,
        });
        chain.Send(Head + "3\r\nabc\r\n");
        chain.Send("0\r\n\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, a reqD  end, b reqD  end", chain.Take());
        Assert.DoesNotContain("abc", chain.Server.Accept().ReadText());
    }

    [Fact]
    public void DataChangedByAFilter_IsWhatTheNextOneSees()
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestData = (_, data, _) =>
            {
                data.Append("+"u8);
                return DataStatus.Continue;
            },
        });
        chain.Send(Head + "3\r\nabc\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, b reqD abc+", chain.Take());
    }

    [Fact]
    public void TrailersStop_ContinueLater()
    {
        using var chain = new FilterChainFixture(new FilterScript { RequestTrailers = (_, _) => TrailersStatus.StopIteration });
        chain.Send(Head + "3\r\nabc\r\n0\r\nT: 1\r\n\r\n");
        Assert.Equal("a reqH, b reqH, a reqD abc, b reqD abc, a reqT", chain.Take());
        SimulatedPeer upstream = chain.Server.Accept();
        Assert.DoesNotContain("t: 1", upstream.ReadText());
        chain.A.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.Equal("b reqT", chain.Take());
        Assert.Equal("0\r\nt: 1\r\n\r\n", upstream.ReadText());
    }

    [Fact]
    public void EverythingStopped_TrailersContinue_ReleasesAllInOrder()
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestHeaders = (_, _, _) => HeadersStatus.StopIteration,
            RequestData = (_, _, _) => DataStatus.StopIterationAndBuffer,
        });
        chain.Send(Head + "3\r\nabc\r\n0\r\nT: 1\r\n\r\n");
        Assert.Equal("a reqH, a reqD abc, a reqT, b reqH, b reqD abc, b reqT", chain.Take());
        Assert.EndsWith("3\r\nabc\r\n0\r\nt: 1\r\n\r\n", chain.Server.Accept().ReadText());
    }

    [Fact]
    public void BothFiltersStop_EachContinuesForItself()
    {
        FilterScript stopper() => new() { RequestHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer };
        using var chain = new FilterChainFixture(stopper(), stopper());
        chain.Send(Head + "3\r\nabc\r\n0\r\n\r\n");
        Assert.Equal("a reqH", chain.Take());
        chain.A.Last.Stream.ContinueRequest();
        Assert.Equal("b reqH, a reqD abc end", chain.Take());
        Assert.False(chain.Server.HasWaiting);
        chain.B.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.Equal("b reqD abc end", chain.Take());
        Assert.True(chain.Server.HasWaiting);
    }

    [Fact]
    public void ClearedRouteCache_IsResolvedAgain_UntilTheResponse()
    {
        using var chain = new FilterChainFixture(
            new FilterScript
            {
                RequestHeaders = (filter, headers, _) =>
                {
                    Assert.Null(filter.Stream.Route?.Action);
                    headers.Set(Http.Headers.KnownHeader.Path, "/real"u8);
                    Assert.Equal("old", filter.Stream.Route!.Name);
                    filter.Stream.ClearRouteCache();
                    Assert.Equal("new", filter.Stream.Route!.Name);
                    return HeadersStatus.Continue;
                },
                ResponseHeaders = (filter, _, _) =>
                {
                    filter.Stream.RequestHeaders!.Set(Http.Headers.KnownHeader.Path, "/"u8);
                    filter.Stream.ClearRouteCache();
                    Assert.Equal("new", filter.Stream.Route!.Name);
                    return HeadersStatus.Continue;
                },
            },
            routes: "- name: new\n  match: { path: /real }\n  route: { cluster: up }\n- name: old\n  match: { prefix: / }\n  direct_response: { status: 299 }");
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = chain.Server.Accept();
        Assert.StartsWith("GET /real ", upstream.ReadText());
        chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        Assert.EndsWith("ok", chain.Client.ReadText());
    }

    [Theory]
    [InlineData("path", ":path")]
    [InlineData("method", ":method")]
    public void RequiredHeaderRemoved_503(string which, string name)
    {
        using var chain = new FilterChainFixture(new FilterScript
        {
            RequestHeaders = (_, headers, _) =>
            {
                headers.Remove(which == "path" ? Http.Headers.KnownHeader.Path : Http.Headers.KnownHeader.Method);
                return HeadersStatus.Continue;
            },
        });
        string response = chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string body = "missing required header: " + name;
        chain.Proxy.AssertLocalReply(response, "503 Service Unavailable", body);
        Assert.Equal($"503 DPE filter_removed_required_request_headers{{{name}}} 0 {body.Length}\n", chain.Proxy.Log("/log"));
    }

    [Fact]
    public void StateOfOneStream_IsNotSeenByTheNext()
    {
        int calls = 0;
        using var chain = new FilterChainFixture(new FilterScript
        {
            Reusable = true,
            RequestHeaders = (filter, _, _) =>
            {
                filter.Stream.SetBufferLimit(calls == 0 ? 7 : filter.Stream.BufferLimit);
                Assert.Equal(calls == 0 ? 7 : 1024 * 1024, filter.Stream.BufferLimit);
                Assert.Null(filter.Stream.ResponseHeaders);
                Assert.Null(filter.Stream.BufferedRequest);
                return calls++ == 0 ? HeadersStatus.StopAllIterationAndBuffer : HeadersStatus.Continue;
            },
        });
        chain.Send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nxxxxx");
        chain.Client.Reset();
        chain.Proxy.Run();
        SimulatedPeer second = chain.Proxy.Connect();
        chain.Proxy.Exchange(second, "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");
        SimulatedPeer upstream = chain.Server.Accept();
        string request = upstream.ReadText();
        Assert.StartsWith("POST /2 ", request);
        Assert.EndsWith("\r\n\r\n0123456789", request);
        Assert.Single(chain.A.Made);
        Assert.Equal(2, chain.B.Made.Count);
    }
}
