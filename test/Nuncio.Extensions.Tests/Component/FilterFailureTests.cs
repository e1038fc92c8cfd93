using Nuncio.Core.HttpFilters;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Filters that throw, and filters that end their stream from within: contained to that stream.</summary>
public sealed class FilterFailureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n";

    public enum Phase
    {
        RequestHeaders,
        RequestData,
        RequestTrailers,
        ResponseHeaders,
        ResponseData,
        ResponseTrailers,
        LocalReply,
        Complete,
        Destroyed,
    }

    [Theory]
    [InlineData(Phase.RequestHeaders)]
    [InlineData(Phase.RequestData)]
    [InlineData(Phase.RequestTrailers)]
    [InlineData(Phase.ResponseHeaders)]
    public void ThrowingBeforeTheResponse_500_AndOthersGoOn(Phase phase)
    {
        using var chain = new FilterChainFixture(b: Throwing(phase));
        chain.Client.Write(Post);
        chain.Proxy.Run();
        if (chain.Server.TryAccept() is { } upstream && !upstream.IsClosed)
        {
            chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nU: 2\r\n\r\n");
            Assert.True(upstream.IsClosed);
        }

        string response = chain.Client.ReadText();
        Assert.StartsWith("HTTP/1.1 500 Internal Server Error\r\n", response);
        Assert.EndsWith("\r\n\r\nInternal Server Error", response);
        Assert.StartsWith("500 - filter_failed ", chain.Proxy.Log("/log"));
        chain.ExpectContained(1);
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(0, chain.Proxy.Gauge("cluster.up.upstream_rq_active"));
        Assert.Contains("b destroy", chain.Take());
    }

    [Theory]
    [InlineData(Phase.ResponseData)]
    [InlineData(Phase.ResponseTrailers)]
    public void ThrowingAfterTheResponseBegan_CutsTheClientOff(Phase phase)
    {
        using var chain = new FilterChainFixture(b: Throwing(phase));
        chain.Send(Get);
        SimulatedPeer upstream = chain.Server.Accept();
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nU: 2\r\n\r\n");
        Assert.True(chain.Client.IsClosed);
        Assert.DoesNotContain("0\r\n\r\n", chain.Client.ReadText());
        Assert.StartsWith("200 - filter_failed ", chain.Proxy.Log("/log"));
        chain.ExpectContained(1);
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(0, chain.Proxy.Gauge("cluster.up.upstream_rq_active"));
    }

    [Theory]
    [InlineData(Phase.LocalReply)]
    [InlineData(Phase.Complete)]
    [InlineData(Phase.Destroyed)]
    public void ThrowingInANotice_ChangesNothingForTheClient(Phase phase)
    {
        using var chain = new FilterChainFixture(a: Throwing(phase), b: Throwing(phase));
        Assert.EndsWith("alive", chain.Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
        chain.ExpectContained(2);
        Assert.EndsWith("alive", chain.Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
        chain.ExpectContained(2);
        Assert.Equal("200 - direct_response 0 5\n200 - direct_response 0 5\n", chain.Proxy.Log("/log"));
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_rq_active"));
    }

    [Fact]
    public void ThrowingOnlyForOneStream_AnotherStreamIsUntouched()
    {
        int calls = 0;
        SimulatedPeer? lastUpstream = null;
        using var chain = new FilterChainFixture(b: new FilterScript
        {
            Reusable = true,
            RequestHeaders = (_, _, _) => calls++ == 1 ? throw new InvalidOperationException("scripted") : HeadersStatus.Continue,
        });
        chain.Send(Get);
        SimulatedPeer upstream = chain.Server.Accept();
        SimulatedPeer second = chain.Proxy.Connect();
        Assert.StartsWith("HTTP/1.1 500 ", chain.Proxy.Exchange(second, Get));
        Assert.False(second.IsClosed);

        // The filter that threw serves no other stream: the next one gets a new filter, though it says that it may be reused.
        Serve(second);
        Assert.Equal(3, chain.B.Made.Count);
        chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        Assert.EndsWith("ok", chain.Client.ReadText());
        lastUpstream = upstream; // The connection freed last is used first.
        Serve(second);
        Assert.Equal(3, chain.B.Made.Count);
        chain.ExpectContained(1);

        void Serve(SimulatedPeer client)
        {
            chain.Proxy.Exchange(client, Get);
            SimulatedPeer serving = chain.Server.TryAccept() ?? lastUpstream!;
            lastUpstream = serving;
            chain.Proxy.Exchange(serving, FilterChainFixture.Ok);
            Assert.EndsWith("ok", client.ReadText());
        }
    }

    [Fact]
    public void ThrowingInContinue_500()
    {
        using var chain = new FilterChainFixture(
            a: new FilterScript { RequestHeaders = (_, _, _) => HeadersStatus.StopAllIterationAndBuffer }, b: Throwing(Phase.RequestHeaders));
        chain.Send(Get);
        chain.A.Last.Stream.ContinueRequest();
        chain.Proxy.Run();
        Assert.StartsWith("HTTP/1.1 500 ", chain.Client.ReadText());
        chain.ExpectContained(1);
    }

    [Theory]
    [InlineData(Phase.RequestHeaders)]
    [InlineData(Phase.RequestData)]
    [InlineData(Phase.RequestTrailers)]
    public void LocalReplyFromARequestPhase_EndsTheStreamInside(Phase phase)
    {
        using var chain = new FilterChainFixture(a: Replying(phase));
        string response = chain.Send(Post);
        Assert.StartsWith("HTTP/1.1 418 ", response);
        Assert.EndsWith("\r\n\r\nshort", response);
        string journal = chain.Take();
        Assert.Contains("a local 418 teapot, b local 418 teapot, b resH, a resH, b resD short end, a resD short end, a complete, b complete, a destroy, b destroy", journal);
        Assert.EndsWith("b destroy", journal);
        Assert.StartsWith("418 - teapot ", chain.Proxy.Log("/log"));
    }

    [Fact]
    public void LocalReplyFromATimer_AnswersTheHeldRequest()
    {
        using var chain = new FilterChainFixture(a: new FilterScript
        {
            RequestHeaders = (filter, _, _) =>
            {
                filter.After(TimeSpan.FromSeconds(1), () => filter.Stream.SendLocalReply(418, "late"u8, "late"));
                return HeadersStatus.StopIteration;
            },
        });
        chain.Send(Get);
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "418 Unknown", "late");
        Assert.DoesNotContain("b reqH", chain.Take());
    }

    [Fact]
    public void ExceptionInAFiltersTimer_EndsItsStreamOnly()
    {
        var script = new FilterScript
        {
            Reusable = true,
            RequestHeaders = (filter, headers, _) =>
            {
                if (!headers.Get(Http.Headers.KnownHeader.Path).SequenceEqual("/late"u8))
                {
                    return HeadersStatus.Continue;
                }

                filter.After(TimeSpan.FromSeconds(1), () => throw new InvalidOperationException("timer"));
                return HeadersStatus.StopIteration;
            },
        };
        using var chain = new FilterChainFixture(a: script);
        SimulatedPeer other = chain.Proxy.Connect();
        chain.Proxy.Exchange(other, Get);
        chain.Send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        chain.Take();
        int made = script.Made.Count;
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "500 Internal Server Error", "Internal Server Error");
        Assert.DoesNotContain("a resH", chain.Take()); // The answer went past the filter that failed.
        chain.ExpectContained(1);

        Assert.EndsWith("alive", chain.Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(made + 1, script.Made.Count); // The failed one serves nobody again.
        chain.Proxy.Exchange(chain.Server.Accept(), FilterChainFixture.Ok);
        Assert.EndsWith("ok", other.ReadText());
        Assert.Contains("500 - filter_failed 0 21\n", chain.Proxy.Log("/log"));
    }

    [Fact]
    public void ExceptionInAFiltersTimer_CutsAResponseThatHasBegun()
    {
        using var chain = new FilterChainFixture(a: new FilterScript
        {
            ResponseHeaders = (filter, _, _) =>
            {
                filter.After(TimeSpan.FromSeconds(1), () => throw new InvalidOperationException("timer"));
                return HeadersStatus.Continue;
            },
        });
        chain.Send(Get);
        SimulatedPeer upstream = chain.Server.Accept();
        chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.True(chain.Client.IsClosed);
        Assert.True(upstream.IsClosed);
        chain.ExpectContained(1);
        chain.Proxy.AssertServesOthers();
    }

    [Fact]
    public void PausedByAFilterThatThenAnswers_TheConnectionReadsOn()
    {
        bool pause = true;
        using var chain = new FilterChainFixture(a: new FilterScript
        {
            RequestHeaders = (filter, _, _) =>
            {
                if (!pause)
                {
                    return HeadersStatus.Continue;
                }

                filter.Stream.PauseRequest();
                filter.After(TimeSpan.FromSeconds(1), () => filter.Stream.SendLocalReply(429, "slow"u8, "slow"));
                return HeadersStatus.StopIteration;
            },
        });
        chain.Send(Get);
        chain.Proxy.Advance(TimeSpan.FromSeconds(1));
        chain.Proxy.AssertLocalReply(chain.Client.ReadText(), "429 Too Many Requests", "slow");
        pause = false;
        Assert.EndsWith("alive", chain.Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void LocalReply400FromAFilter_ClosesTheConnection()
    {
        using var chain = new FilterChainFixture(a: new FilterScript
        {
            RequestHeaders = (filter, _, _) =>
            {
                filter.Stream.SendLocalReply(400, "bad"u8, "bad");
                return HeadersStatus.StopIteration;
            },
        });
        chain.Proxy.AssertLocalReply(chain.Send(Get), "400 Bad Request", "bad", closes: true);
        Assert.True(chain.Client.IsEnded);
    }

    [Fact]
    public void LocalReplyBegetsLocalReply_TheSecondGoesPastTheFilters()
    {
        using var chain = new FilterChainFixture(
            a: Replying(Phase.RequestHeaders),
            b: new FilterScript
            {
                ResponseHeaders = (filter, _, _) =>
                {
                    filter.Stream.SendLocalReply(503, "second"u8, "second");
                    return HeadersStatus.Continue;
                },
            });
        chain.Proxy.AssertLocalReply(chain.Send(Get), "503 Service Unavailable", "second");
        Assert.Equal("503 - second 0 6\n", chain.Proxy.Log("/log"));
    }

    [Theory]
    [InlineData(Phase.RequestHeaders)]
    [InlineData(Phase.RequestData)]
    [InlineData(Phase.ResponseHeaders)]
    [InlineData(Phase.ResponseData)]
    public void ResetFromWithin_ClosesTheConnection(Phase phase)
    {
        using var chain = new FilterChainFixture(b: Doing(phase, filter => filter.Stream.ResetStream("scripted_reset")));
        chain.Client.Write(Post);
        chain.Proxy.Run();
        if (chain.Server.TryAccept() is { } upstream && !upstream.IsClosed)
        {
            chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        }

        Assert.True(chain.Client.IsClosed);
        Assert.Contains(" - scripted_reset ", chain.Proxy.Log("/log"));
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(0, chain.Proxy.Gauge("cluster.up.upstream_rq_active"));
        Assert.EndsWith("a complete, b complete, a destroy, b destroy", chain.Take());
    }

    [Theory]
    [InlineData(Phase.RequestHeaders)]
    [InlineData(Phase.RequestData)]
    [InlineData(Phase.ResponseHeaders)]
    [InlineData(Phase.ResponseData)]
    public void ConnectionClosedFromWithin_EndsTheStream(Phase phase)
    {
        using var chain = new FilterChainFixture(
            b: Doing(phase, filter => filter.Stream.Connection.Close(IO.Network.ConnectionCloseType.Abort, "scripted_close")));
        chain.Client.Write(Post);
        chain.Proxy.Run();
        if (chain.Server.TryAccept() is { } upstream && !upstream.IsClosed)
        {
            chain.Proxy.Exchange(upstream, FilterChainFixture.Ok);
        }

        Assert.True(chain.Client.IsClosed);
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_rq_active"));
        Assert.Equal(0, chain.Proxy.Gauge("http.web.downstream_cx_active"));
        Assert.Equal(0, chain.Proxy.Gauge("cluster.up.upstream_rq_active"));
        chain.Proxy.Run();
    }

    [Fact]
    public void NoMemoryIsKept_AfterAllThat()
    {
        using var chain = new FilterChainFixture(b: Throwing(Phase.ResponseData));
        for (int i = 0; i < 20; i++)
        {
            SimulatedPeer client = chain.Proxy.Connect();
            chain.Proxy.Exchange(client, Get);
            SimulatedPeer upstream = chain.Server.Accept();
            chain.Proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + new string('x', 50));
            client.Close();
        }

        chain.Client.Close();
        chain.Proxy.Advance(TimeSpan.FromSeconds(5));
        chain.ExpectContained(20);
        Assert.Equal(0, chain.Proxy.Workers[0].Dispatcher.Blocks.Rented);
    }

    private static FilterScript Throwing(Phase phase) => Doing(phase, _ => throw new InvalidOperationException("scripted"));

    private static FilterScript Replying(Phase phase) => Doing(phase, filter => filter.Stream.SendLocalReply(418, "short"u8, "teapot"));

    private static FilterScript Doing(Phase phase, Action<ScriptedFilter> act)
    {
        void At(Phase here, ScriptedFilter filter)
        {
            if (here == phase)
            {
                act(filter);
            }
        }

        return new FilterScript
        {
            RequestHeaders = (filter, _, _) =>
            {
                At(Phase.RequestHeaders, filter);
                return HeadersStatus.Continue;
            },
            RequestData = (filter, _, _) =>
            {
                At(Phase.RequestData, filter);
                return DataStatus.Continue;
            },
            RequestTrailers = (filter, _) =>
            {
                At(Phase.RequestTrailers, filter);
                return TrailersStatus.Continue;
            },
            ResponseHeaders = (filter, _, _) =>
            {
                At(Phase.ResponseHeaders, filter);
                return HeadersStatus.Continue;
            },
            ResponseData = (filter, _, _) =>
            {
                At(Phase.ResponseData, filter);
                return DataStatus.Continue;
            },
            ResponseTrailers = (filter, _) =>
            {
                At(Phase.ResponseTrailers, filter);
                return TrailersStatus.Continue;
            },
            LocalReply = (filter, _, _) => At(Phase.LocalReply, filter),
            Complete = filter => At(Phase.Complete, filter),
            Destroyed = filter => At(Phase.Destroyed, filter),
        };
    }
}
