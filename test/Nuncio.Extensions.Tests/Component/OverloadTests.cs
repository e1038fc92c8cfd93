using Nuncio.Core.Overload;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What HTTP connections do less of under load: overload actions and load shed points (OVL-09, 10, 14, 18, 19).</summary>
public sealed class OverloadTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Alive = "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void StopAcceptingRequests_503_PastTheFilters_TheConnectionStays()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        var load = new Load(proxy, OverloadAction.StopAcceptingRequests);
        SimulatedPeer client = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(client, Alive));
        load.Set(1);
        string response = proxy.Exchange(client, Alive);
        proxy.AssertLocalReply(response, "503 Service Unavailable", "envoy overloaded");
        Assert.DoesNotContain("x-envoy-local-overloaded", response);
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_overload_close"));
        Assert.Equal(1, proxy.Counter("http.web.rq_total"));
        load.Set(0);
        Assert.EndsWith("alive", proxy.Exchange(client, Alive));
        Assert.Equal("200 - direct_response 0 5\n503 - overload 0 16\n200 - direct_response 0 5\n", proxy.Log("/log"));
    }

    [Fact]
    public void StopAcceptingRequests_TurnsAwayTheShareThatTheStateSays()
    {
        using var proxy = ProxyFixture.Http();
        new Load(proxy, OverloadAction.StopAcceptingRequests).Set(0.3);
        SimulatedPeer client = proxy.Connect();
        for (int i = 0; i < 1000; i++)
        {
            proxy.Exchange(client, Alive);
        }

        Assert.InRange(proxy.Counter("http.web.downstream_rq_overload_close"), 230, 370);
    }

    [Fact]
    public void DecodeHeadersPoint_503_MarkedWhenAsked()
    {
        using var proxy = ProxyFixture.Http("append_local_overload: true");
        var load = new Load(proxy, LoadShedPoint.HttpDecodeHeaders);
        load.Set(1);
        string response = proxy.Exchange(proxy.Connect(), Alive);
        proxy.AssertLocalReply(response, "503 Service Unavailable", "envoy overloaded");
        Assert.Contains("\r\nx-envoy-local-overloaded: true\r\n", response);
        Assert.Equal(1, proxy.Counter("overload.envoy.load_shed_points.http_connection_manager_decode_headers.shed_load_count"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_overload_close"));
    }

    [Fact]
    public void CreateCodecPoint_ClosesANewConnectionWithoutAWord()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        var load = new Load(proxy, LoadShedPoint.HttpCreateCodec);
        SimulatedPeer served = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(served, Alive));
        load.Set(1);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, Alive));
        Assert.True(client.IsEnded);
        Assert.EndsWith("alive", proxy.Exchange(served, Alive)); // It has its codec.
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_overload_close"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_http1_total"));
        Assert.Equal(2, proxy.Counter("http.web.downstream_rq_total"));
    }

    [Fact]
    public void AbortDispatchPoint_500_OM_AndCloses()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        var load = new Load(proxy, LoadShedPoint.Http1AbortDispatch);
        load.Set(1);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, Alive), "500 Internal Server Error", "Internal Server Error", closes: true);
        Assert.True(client.IsEnded);
        Assert.Equal("500 OM overload 0 21\n", proxy.Log("/log"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_rq_overload_close"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
        load.Set(0);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void AbortDispatchPoint_EndsTheRequestInTheMiddleOfItsBody()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        var load = new Load(proxy, LoadShedPoint.Http1AbortDispatch);
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        load.Set(1);
        proxy.AssertLocalReply(proxy.Exchange(client, "67890"), "500 Internal Server Error", "Internal Server Error", closes: true);
        Assert.True(server.Accept().IsClosed);
        Assert.Equal("500 OM overload 5 21\n", proxy.Log("/log"));
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
    }

    [Fact]
    public void AbortDispatchPoint_CutsAResponseThatHasBegun()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        var load = new Load(proxy, LoadShedPoint.Http1AbortDispatch);
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        proxy.Exchange(server.Accept(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        load.Set(1);
        Assert.EndsWith("\r\n\r\nab", proxy.Exchange(client, "67890"));
        Assert.True(client.IsClosed);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_rq_active"));
    }

    [Fact]
    public void FilterCheckPoint_TheRouterAnswers503()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        var load = new Load(proxy, LoadShedPoint.HttpDownstreamFilterCheck);
        load.Set(1);
        SimulatedPeer client = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(client, Get), "503 Service Unavailable", "envoy overloaded");
        Assert.EndsWith("alive", proxy.Exchange(client, Alive)); // A direct response costs nothing that could be saved.
        Assert.Equal(1, proxy.Counter("http.web.rq_overload_local_reply"));
        Assert.Equal(0, proxy.Counter("http.web.downstream_rq_overload_close"));
        Assert.Equal("503 - overload 0 16\n200 - direct_response 0 5\n", proxy.Log("/log"));
    }

    [Fact]
    public void DisableKeepAlive_EndsConnectionsWithTheirNextAnswer()
    {
        using var proxy = ProxyFixture.Http();
        var load = new Load(proxy, OverloadAction.DisableHttpKeepAlive);
        SimulatedPeer client = proxy.Connect();
        Assert.DoesNotContain("connection: close", proxy.Exchange(client, Alive));
        load.Set(1);
        Assert.Contains("\r\nconnection: close\r\n", proxy.Exchange(client, Alive));
        Assert.True(client.IsEnded);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_overload_disable_keepalive"));
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_drain_close"));
    }

    [Fact]
    public void ReduceTimeouts_ShortensTheIdleTimesOfConnectionsAndStreams()
    {
        var minimums = new ScaledTimerMinimums(new Dictionary<ScaledTimerKind, ScaledTimerMinimum>
        {
            [ScaledTimerKind.HttpDownstreamConnectionIdle] = new(1_000_000_000),
            [ScaledTimerKind.HttpDownstreamStreamIdle] = new(3_000_000_000),
        });
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { idle_timeout: 60s }");
        SimulatedServer server = proxy.Serve();
        var load = new Load(proxy, OverloadAction.ReduceTimeouts, minimums);
        SimulatedPeer silent = proxy.Connect();
        SimulatedPeer busy = proxy.Connect();
        proxy.Exchange(busy, Get);
        SimulatedPeer upstream = server.Accept();
        load.Set(1); // Takes a second of the clock.
        proxy.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(silent.IsEnded);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_idle_timeout"));
        proxy.Advance(TimeSpan.FromMilliseconds(1900));
        Assert.Equal("", busy.ReadText());
        proxy.Advance(TimeSpan.FromMilliseconds(200));
        proxy.AssertLocalReply(busy.ReadText(), "504 Gateway Timeout", "stream timeout");
        Assert.True(upstream.IsClosed);
    }

    [Fact]
    public void ReduceTimeouts_ShortensTheAgeOfConnections()
    {
        var minimums = new ScaledTimerMinimums(new Dictionary<ScaledTimerKind, ScaledTimerMinimum>
        {
            [ScaledTimerKind.HttpDownstreamConnectionMax] = new(0, 0.1),
        });
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { idle_timeout: 0s, max_connection_duration: 100s }");
        new Load(proxy, OverloadAction.ReduceTimeouts, minimums).Set(1);
        SimulatedPeer client = proxy.Connect();
        proxy.Advance(TimeSpan.FromMilliseconds(9900));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(client.IsClosed);
        Assert.Equal(1, proxy.Counter("http.web.downstream_cx_max_duration_reached"));
    }

    /// <summary>One resource that the test sets, and one action or point that follows it.</summary>
    private sealed class Load : ResourceMonitor
    {
        private readonly ProxyFixture _proxy;
        private double _pressure;

        internal Load(ProxyFixture proxy, OverloadAction action, ScaledTimerMinimums? minimums = null)
            : this(proxy, new OverloadConfig { Actions = [new OverloadActionConfig(action, Trigger())], TimerMinimums = minimums ?? ScaledTimerMinimums.None })
        {
        }

        internal Load(ProxyFixture proxy, LoadShedPoint point)
            : this(proxy, new OverloadConfig { Points = [new LoadShedPointConfig(point, Trigger())] })
        {
        }

        private Load(ProxyFixture proxy, OverloadConfig config)
        {
            _proxy = proxy;
            new OverloadManager(
                config with { Monitors = [new NamedMonitor("test", this)] }, proxy.Loop.Dispatcher, proxy.Workers, proxy.Stats.Root(), proxy.Runtime)
                .Start();
        }

        public override bool TryRead(out double pressure, out string? error)
        {
            pressure = _pressure;
            error = null;
            return true;
        }

        internal void Set(double pressure)
        {
            _pressure = pressure;
            _proxy.Advance(TimeSpan.FromSeconds(1));
            _proxy.Run();
        }

        private static OverloadTrigger[] Trigger() => [new OverloadTrigger("test", 0, 1)];
    }
}
