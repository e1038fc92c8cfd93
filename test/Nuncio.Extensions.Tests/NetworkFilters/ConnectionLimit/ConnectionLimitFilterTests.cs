using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.ConnectionLimit;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Testing.Network;
using Wire = Envoy.Extensions.Filters.Network.ConnectionLimit.V3.ConnectionLimit;

namespace Nuncio.Extensions.Tests.NetworkFilters.ConnectionLimit;

/// <summary>The connection limit, in a whole proxy.</summary>
public sealed class ConnectionLimitFilterTests
{
    private const string Active = "connection_limit.x.active_connections";
    private const string Limited = "connection_limit.x.limited_connections";

    [Fact]
    public void OneOverTheLimit_IsClosedAtOnce()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter(""));
        SimulatedPeer first = proxy.Connect();
        SimulatedPeer second = proxy.Connect();
        SimulatedPeer third = proxy.Connect();
        proxy.Run();
        Assert.True(third.IsEnded);
        Assert.Equal(2, proxy.Gauge(Active));
        Assert.Equal(1, proxy.Counter(Limited));
        Assert.Equal("a", proxy.Exchange(second, "a"));
        first.Close();
        proxy.Run();
        Assert.Equal(1, proxy.Gauge(Active));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(1, proxy.Counter(Limited));
    }

    [Fact]
    public void Delay_HoldsWhatIsOverTheLimitWithoutServingIt()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("delay: 5s"));
        SimulatedPeer first = proxy.Connect();
        proxy.Connect();
        SimulatedPeer third = proxy.Connect();
        Assert.Equal("", proxy.Exchange(third, "a"));
        Assert.False(third.IsClosed);

        // It is active, but takes no place: the next one after an end is let in.
        Assert.Equal(3, proxy.Gauge(Active));
        first.Close();
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        proxy.Advance(TimeSpan.FromSeconds(5.1));
        Assert.True(third.IsClosed);
        Assert.Equal(2, proxy.Gauge(Active));
        Assert.Equal(1, proxy.Counter(Limited));
    }

    [Fact]
    public void ClientLeavesDuringTheDelay_IsTakenBackOnce()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("delay: 3600s"));
        proxy.Connect();
        proxy.Connect();
        SimulatedPeer third = proxy.Connect();
        proxy.Run();
        third.Reset();
        proxy.Run();
        Assert.Equal(2, proxy.Gauge(Active));
    }

    [Fact]
    public void SwitchedOff_CountsNothing()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("runtime_enabled: { default_value: true, runtime_key: limit.on }"));
        Assert.True(proxy.Runtime.TrySetAdminValues(new Dictionary<string, string> { ["limit.on"] = "false" }));
        SimulatedPeer[] early = [proxy.Connect(), proxy.Connect(), proxy.Connect()];
        proxy.Run();
        Assert.Equal(0, proxy.Gauge(Active));
        Assert.True(proxy.Runtime.TrySetAdminValues(new Dictionary<string, string> { ["limit.on"] = "true" }));
        Array.ForEach(early, peer => peer.Close());
        proxy.Connect();
        proxy.Connect();
        Assert.Equal("", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(2, proxy.Gauge(Active));
    }

    [Fact]
    public void EarlierFilterRefuses_NothingIsCounted()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("", "first", 1) + Filter(""));
        proxy.Connect();
        proxy.Connect();
        proxy.Run();
        Assert.Equal(1, proxy.Gauge(Active));
        Assert.Equal(0, proxy.Counter(Limited));
        Assert.Equal(1, proxy.Counter("connection_limit.first.limited_connections"));
    }

    [Fact]
    public void ManyThreads_EnterAsOftenAsTheLimitSays()
    {
        ConnectionCounter counter = new(1000);
        int entered = 0;
        var threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int turn = 0; turn < 100_000; turn++)
                {
                    if (counter.TryEnter())
                    {
                        Interlocked.Increment(ref entered);
                        counter.Leave();
                        Interlocked.Decrement(ref entered);
                    }
                }

                while (counter.TryEnter())
                {
                    Interlocked.Increment(ref entered);
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1000, entered);
    }

    [Theory]
    [InlineData("{ stat_prefix: x }", "max_connections")]
    [InlineData("{ stat_prefix: x, max_connections: 0 }", "max_connections")]
    [InlineData("{ stat_prefix: x, max_connections: 1, delay: -1s }", "delay")]
    [InlineData("{ max_connections: 1 }", "stat_prefix")]
    public void WrongConfiguration_IsRefused(string yaml, string expected)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire>(new ConnectionLimitFactory(), yaml);
        Assert.Null(provider);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    private static string Filter(string more, string prefix = "x", int limit = 2) => $$"""
        - name: limit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit
            stat_prefix: {{prefix}}
            max_connections: {{limit}}
        {{ProxyFixture.Indent(more, 4)}}

        """;
}
