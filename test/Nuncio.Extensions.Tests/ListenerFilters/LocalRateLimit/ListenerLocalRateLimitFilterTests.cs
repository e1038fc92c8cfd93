using Nuncio.Extensions.Tests.Component;
using Nuncio.Extensions.Tests.NetworkFilters;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.ListenerFilters.LocalRateLimit;

/// <summary>The rate limit of accepted sockets, in a whole proxy.</summary>
public sealed class ListenerLocalRateLimitFilterTests
{
    [Fact]
    public void SocketsBeyondTheRate_AreClosedBeforeTheyAreConnections()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(listenerFilters: Filter());
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        SimulatedPeer second = proxy.Connect();
        proxy.Run();
        Assert.True(second.IsEnded);
        Assert.Equal(1, proxy.Counter("listener_local_ratelimit.x.rate_limited"));
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.downstream_cx_total"));
        Assert.Equal("- local_ratelimit_close_over_limit\n", proxy.Log("/log"));
        proxy.Advance(TimeSpan.FromSeconds(10.01));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Fact]
    public void SwitchedOff_LimitsNothing()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(listenerFilters: Filter("runtime_enabled: { default_value: false }"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Theory]
    [InlineData("filter_disabled: { destination_port_range: { start: 10000, end: 10001 } }", false)]
    [InlineData("filter_disabled: { not_match: { destination_port_range: { start: 10000, end: 10001 } } }", true)]
    [InlineData("filter_disabled: { any_match: true }", false)]
    [InlineData("filter_disabled: { and_match: { rules: [{ any_match: true }, { destination_port_range: { start: 1, end: 2 } }] } }", true)]
    [InlineData("filter_disabled: { or_match: { rules: [{ any_match: true }, { destination_port_range: { start: 1, end: 2 } }] } }", false)]
    public void FilterDisabled_LeavesItOut(string disabled, bool limits)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(listenerFilters: Filter() + "\n  " + disabled);
        proxy.Connect();
        Assert.Equal(limits ? "" : "a", proxy.Exchange(proxy.Connect(), "a"));
    }

    private static string Filter(string more = "") => $$"""
        - name: limit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit
            stat_prefix: x
            token_bucket: { max_tokens: 1, fill_interval: 10s }
        {{ProxyFixture.Indent(more, 4)}}
        """.TrimEnd();
}
