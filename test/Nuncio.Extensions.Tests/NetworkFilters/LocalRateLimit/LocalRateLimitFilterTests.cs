using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.LocalRateLimit;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Testing.Network;
using Wire = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;

namespace Nuncio.Extensions.Tests.NetworkFilters.LocalRateLimit;

/// <summary>The local rate limit of connections, in a whole proxy.</summary>
public sealed class LocalRateLimitFilterTests
{
    [Fact]
    public void ConnectionsBeyondTheRate_AreClosedAndCounted()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("x"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        SimulatedPeer third = proxy.Connect();
        proxy.Run();
        Assert.True(third.IsEnded);
        Assert.Equal(1, proxy.Counter("local_rate_limit.x.rate_limited"));
        proxy.Advance(TimeSpan.FromSeconds(1.001));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(1, proxy.Counter("local_rate_limit.x.rate_limited"));
    }

    [Fact]
    public void RefusedConnection_IsNotProxied()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("x") + Filter("x") + Filter("x", "max_tokens: 1, fill_interval: 1s"), last: Layer4Proxy.TcpProxy);
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "a");
        proxy.Exchange(proxy.Connect(), "b");
        Assert.Equal("a", server.Accept().ReadText());
        Assert.False(server.HasWaiting);
        Assert.Equal("URX -\n", proxy.Log("/tcp"));
    }

    [Fact]
    public void ShareKey_SharesTheBucket()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("x", share: "s") + Filter("z", share: "s"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        proxy.Connect();
        proxy.Run();
        Assert.Equal(1, proxy.Counter("local_rate_limit.x.rate_limited"));
    }

    [Fact]
    public void SwitchedOff_LimitsNothing()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("x", "max_tokens: 1, fill_interval: 3600s", enabled: "runtime_enabled: { default_value: false, runtime_key: limit.on }"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.True(proxy.Runtime.TrySetAdminValues(new Dictionary<string, string> { ["limit.on"] = "true" }));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal("", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Theory]
    [InlineData("{ stat_prefix: x }", "token_bucket")]
    [InlineData("{ stat_prefix: x, token_bucket: { fill_interval: 1s } }", "max_tokens")]
    [InlineData("{ stat_prefix: x, token_bucket: { max_tokens: 1 } }", "fill_interval")]
    [InlineData("{ stat_prefix: x, token_bucket: { max_tokens: 1, fill_interval: 0.049s } }", "at least 50 ms")]
    [InlineData("{ stat_prefix: x, token_bucket: { max_tokens: 1, tokens_per_fill: 0, fill_interval: 1s } }", "tokens_per_fill")]
    [InlineData("{ stat_prefix: x, token_bucket: { max_tokens: 1, fill_interval: 1s }, runtime_enabled: {} }", "default_value")]
    [InlineData("{ token_bucket: { max_tokens: 1, fill_interval: 1s } }", "stat_prefix")]
    public void WrongConfiguration_IsRefused(string yaml, string expected)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire>(new LocalRateLimitFactory(), yaml);
        Assert.Null(provider);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    private static string Filter(string prefix, string bucket = "max_tokens: 2, fill_interval: 1s", string share = "", string enabled = "") => $$"""
        - name: limit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit
            stat_prefix: {{prefix}}
            share_key: "{{share}}"
            token_bucket: { {{bucket}} }
        {{ProxyFixture.Indent(enabled, 4)}}

        """;
}
