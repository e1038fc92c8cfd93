using System.Runtime.CompilerServices;
using Nuncio.Core.Listeners;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Versions of a listener beside each other: which chains and sockets they share, what conflicts, and that nothing of them is left.</summary>
public sealed class ListenerGenerationTests
{
    private const string Address = "10.0.0.1:10000";
    private const string Prefix = "listener.10.0.0.1_10000.";

    [Fact]
    public void DrainedVersion_IsCollected()
    {
        using ProxyFixture proxy = ProxyFixture.Http();
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(5);
        proxy.Exchange(proxy.Connect(), "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        (WeakReference whole, WeakReference chain) = ReplaceTwice(proxy);
        proxy.Advance(TimeSpan.FromSeconds(6));
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.False(whole.IsAlive, "the listener that was replaced is still reachable");
        Assert.False(chain.IsAlive, "the filter chain that was replaced is still reachable");
    }

    [Fact]
    public void HundredReplacements_LeaveNoDescriptor()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(1);
        proxy.Update(Listener("l", "one"));
        int open = proxy.Loop.Network.OpenDescriptors;
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(proxy.Update(Listener("l", "one", $"per_connection_buffer_limit_bytes: {1000 + i}\ntcp_backlog_size: {1 + (i % 3)}")));
            SimulatedPeer client = Connect(proxy);
            Assert.Equal("one", proxy.Exchange(client, ""));
            client.Close();
        }

        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(open, proxy.Loop.Network.OpenDescriptors);
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
        Assert.True(proxy.Listeners.Remove("l"));
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(open - 2, proxy.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void DefaultChainEqualToAnother_BothGoOn()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(WithDefault("echo", "echo", "one"));
        SimulatedPeer first = Connect(proxy);
        SimulatedPeer rest = Connect(proxy, "198.51.100.1");
        Assert.Equal("a", proxy.Exchange(first, "a"));
        Assert.Equal("b", proxy.Exchange(rest, "b"));

        Assert.Null(proxy.Update(WithDefault("echo", "echo", "two")));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_in_place_updated"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_filter_chains_draining")); // The third one alone.
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.Equal("c", proxy.Exchange(first, "c"));
        Assert.Equal("d", proxy.Exchange(rest, "d"));
    }

    [Fact]
    public void DefaultChainChanged_OnlyItsConnectionsDrain()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(WithDefault("echo", "echo", "one"));
        SimulatedPeer first = Connect(proxy);
        SimulatedPeer rest = Connect(proxy, "198.51.100.1");
        proxy.Exchange(first, "a");
        proxy.Exchange(rest, "b");

        Assert.Null(proxy.Update(WithDefault("echo", "other", "one")));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_filter_chains_draining"));
        Assert.Equal("other", proxy.Exchange(Connect(proxy, "198.51.100.1"), ""));
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.Equal("c", proxy.Exchange(first, "c"));
        Assert.True(rest.IsClosed);
        Assert.Equal(0, proxy.Gauge("listener_manager.total_filter_chains_draining"));
    }

    [Fact]
    public void DefaultChainTakenAway_ItsClientsFindNoChain()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(WithDefault("echo", "echo", "one"));
        string without = WithDefault("echo", "echo", "one");
        Assert.Null(proxy.Update(without[..without.IndexOf("default_filter_chain", StringComparison.Ordinal)]));
        SimulatedPeer rest = Connect(proxy, "198.51.100.1");
        proxy.Run();
        Assert.True(rest.IsClosed);
        Assert.Equal(1, proxy.Counter(Prefix + "no_filter_chain_match"));
    }

    [Fact]
    public void MatcherChanged_ChainsGoOnAndAreChosenAnew()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(WithMatcher("a"));
        SimulatedPeer echo = Connect(proxy);
        Assert.Equal("x", proxy.Exchange(echo, "x"));
        Assert.Null(proxy.Update(WithMatcher("b")));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_in_place_updated"));
        Assert.Equal(0, proxy.Gauge("listener_manager.total_filter_chains_draining"));
        Assert.Equal("bee", proxy.Exchange(Connect(proxy), ""));
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.Equal("y", proxy.Exchange(echo, "y"));
    }

    [Fact]
    public void ReplacedTwiceBeforeWorkersLooked_TheLastOneServes()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        proxy.Update(Listener("l", "one"));
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "two", "per_connection_buffer_limit_bytes: 2000"))));
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "three", "per_connection_buffer_limit_bytes: 3000"))));
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "four", "per_connection_buffer_limit_bytes: 3000"))));
        proxy.Run();
        Assert.Equal("four", proxy.Exchange(Connect(proxy), ""));
        Assert.Equal("four", proxy.Exchange(Connect(proxy), ""));
        Assert.Equal(2, proxy.Gauge("listener_manager.total_listeners_draining"));
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.Equal("four", proxy.Exchange(Connect(proxy), ""));
    }

    [Fact]
    public void RemovedAndAddedAgain_BeforeWorkersLooked_KeepsItsSocketsAndWhoWaits()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        proxy.Update(Listener("l", "one"));
        int open = proxy.Loop.Network.OpenDescriptors;
        SimulatedPeer waiting = Connect(proxy);
        Assert.True(proxy.Listeners.Remove("l"));
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "two"))));
        proxy.Run();
        Assert.False(waiting.IsReset);
        Assert.Equal("two", proxy.Exchange(Connect(proxy), ""));
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.Equal(open, proxy.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void RemovedWhileItWarms_GivesItsAddressBack()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        int open = proxy.Loop.Network.OpenDescriptors;
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "one")) with { WarmTargets = [new Never()] }));
        Assert.True(proxy.Listeners.Remove("l"));
        proxy.Run();
        Assert.Equal(open, proxy.Loop.Network.OpenDescriptors);
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_warming"));
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.Empty(proxy.Listeners.Listeners);
    }

    [Fact]
    public void WarmingListener_HasItsAddress_AndTakesNobodysConnections()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("l", "one"));

        // Another backlog makes sockets of its own beside the running ones, which must get no client before somebody looks at them.
        Assert.Null(proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l", "two", "tcp_backlog_size: 7")) with { WarmTargets = [new Never()] }));
        proxy.Run();
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("one", proxy.Exchange(Connect(proxy), ""));
        }

        Assert.Equal(
            "error adding listener: 'other' has duplicate address '10.0.0.1:10000' as existing listener 'l'", proxy.Update(Listener("other", "x")));
    }

    [Fact]
    public void AddressOfTheVersionThatStillServes_IsTaken()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("l", "one"));
        ListenerConfig moves = proxy.ConvertListener(Listener("l", "two").Replace("10000", "10001", StringComparison.Ordinal));
        Assert.Null(proxy.Listeners.AddOrUpdate(moves with { WarmTargets = [new Never()] }));
        Assert.Contains("has duplicate address '10.0.0.1:10000'", proxy.Update(Listener("other", "x")), StringComparison.Ordinal);
        Assert.Contains(
            "has duplicate address '10.0.0.1:10001'",
            proxy.Update(Listener("other", "x").Replace("10000", "10001", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ReusePort_CannotBeChangedOnALiveAddress()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("l", "one"));
        Assert.Equal("Listener l: reuse port cannot be changed during an update", proxy.Update(Listener("l", "two", "enable_reuse_port: false")));
        Assert.Equal("one", proxy.Exchange(Connect(proxy), ""));
    }

    [Fact]
    public void WithoutReusePort_OtherSocketOptionsAreRefused_OtherSettingsAreNot()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        proxy.Update(Listener("l", "one", "enable_reuse_port: false"));
        Assert.Equal(
            "Listener l: socket options cannot be changed during an update unless enable_reuse_port is true",
            proxy.Update(Listener("l", "two", "enable_reuse_port: false\ntcp_backlog_size: 7")));
        Assert.Null(proxy.Update(Listener("l", "two", "enable_reuse_port: false\nper_connection_buffer_limit_bytes: 7")));
        Assert.Equal("two", proxy.Exchange(Connect(proxy), ""));
    }

    [Fact]
    public void PortsThatTheSystemChose_StayThroughAnUpdate_EachItsOwn()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        const string Two = "additional_addresses: [{ address: { socket_address: { address: 10.0.0.1, port_value: 0 } } }]";
        proxy.Update(Listener("l", "one", Two).Replace("10000", "0", StringComparison.Ordinal));
        string[] before = [.. proxy.Listeners.Listeners[0].Bound.Select(static a => a.ToString())];
        Assert.NotEqual(before[0], before[1]);
        Assert.Null(proxy.Update(Listener("l", "two", Two + "\nper_connection_buffer_limit_bytes: 7").Replace("10000", "0", StringComparison.Ordinal)));
        Assert.Equal(before, proxy.Listeners.Listeners[0].Bound.Select(static a => a.ToString()));
        foreach (string address in before)
        {
            Assert.Equal("two", proxy.Exchange(proxy.Loop.Network.Connect(address, "192.0.2.7"), ""));
        }
    }

    [Fact]
    public void AdditionalAddressAddedAndTakenAway_TheMainOneStays()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("l", "echo"));
        SimulatedPeer client = Connect(proxy);
        proxy.Exchange(client, "a");
        const string More = """
            additional_addresses:
            - address: { socket_address: { address: 10.0.0.9, port_value: 90 } }
              socket_options: { socket_options: [{ level: 6, name: 9, int_value: 3 }] }
            """;
        Assert.Null(proxy.Update(Listener("l", "echo", More)));
        Assert.Equal("b", proxy.Exchange(proxy.Loop.Network.Connect("10.0.0.9:90", "192.0.2.7"), "b"));
        Assert.Equal(["10.0.0.1:10000", "10.0.0.9:90"], proxy.Listeners.Listeners[0].Bound.Select(static a => a.ToString()));
        int withOption = Enumerable.Range(3, 100).Count(fd => proxy.Loop.Network.OptionOf(fd, 6, 9) is [3, 0, 0, 0]);
        Assert.Equal(1, withOption);
        Assert.Null(proxy.Update(Listener("l", "echo")));
        Assert.Throws<InvalidOperationException>(() => proxy.Loop.Network.Connect("10.0.0.9:90", "192.0.2.7"));
        Assert.Equal("c", proxy.Exchange(client, "c"));
        Assert.Equal("d", proxy.Exchange(Connect(proxy), "d"));
    }

    [Fact]
    public void StoppedForGood_NothingIsAddedOrChanged()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("l", "one"));
        var target = new Later();
        proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("late", "late").Replace("10000", "10001", StringComparison.Ordinal)) with { WarmTargets = [target] });
        proxy.Listeners.StopListening();
        proxy.Run();
        Assert.Equal(
            "listener 'l' cannot be added or changed: listeners are stopped (/drain_listeners, or the process ends)",
            proxy.Update(Listener("l", "two")));
        target.Ready!();
        proxy.Run();
        Assert.Throws<InvalidOperationException>(() => Connect(proxy));
        Assert.Throws<InvalidOperationException>(() => proxy.Loop.Network.Connect("10.0.0.1:10001", "192.0.2.7"));
    }

    [Fact]
    public void InboundStopped_OthersCanBeChanged()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("in", "in", "traffic_direction: INBOUND"));
        proxy.Update(Listener("out", "out", "traffic_direction: OUTBOUND").Replace("10000", "10001", StringComparison.Ordinal));
        proxy.Listeners.StopListening(inboundOnly: true);
        proxy.Run();
        Assert.Throws<InvalidOperationException>(() => Connect(proxy));
        Assert.Contains("listeners are stopped", proxy.Update(Listener("in", "new", "traffic_direction: INBOUND")), StringComparison.Ordinal);
        Assert.Null(proxy.Update(Listener("out", "new", "traffic_direction: OUTBOUND").Replace("10000", "10001", StringComparison.Ordinal)));
        Assert.Equal("new", proxy.Exchange(proxy.Loop.Network.Connect("10.0.0.1:10001", "192.0.2.7"), ""));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_stopped"));
    }

    [Fact]
    public void StoppedListenerRemoved_ItsConnectionsEndAfterTheDrainTime()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(10);
        proxy.Update(Listener("l", "echo"));
        SimulatedPeer client = Connect(proxy);
        proxy.Exchange(client, "a");
        proxy.Listeners.StopListening();
        Assert.True(proxy.Listeners.Remove("l"));
        proxy.Run();
        Assert.Equal("b", proxy.Exchange(client, "b"));
        proxy.Advance(TimeSpan.FromSeconds(11));
        Assert.True(client.IsClosed);
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
    }

    [Theory]
    [InlineData("DEFAULT", true)]
    [InlineData("MODIFY_ONLY", false)]
    public void FailingHealthCheck_DrainsListenersOfDefaultType(string drainType, bool drains)
    {
        using ProxyFixture proxy = ProxyFixture.Http(listener: "drain_type: " + drainType);
        proxy.Listeners.SetHealthCheckFailing(true);
        Assert.Equal(drains, SaysClose(proxy));
        proxy.Listeners.SetHealthCheckFailing(false);
        Assert.False(SaysClose(proxy));
    }

    [Theory]
    [InlineData("INBOUND", true)]
    [InlineData("OUTBOUND", false)]
    [InlineData("UNSPECIFIED", false)]
    public void InboundDrain_IsForInboundListeners(string direction, bool drains)
    {
        using ProxyFixture proxy = ProxyFixture.Http(listener: "traffic_direction: " + direction);
        proxy.Listeners.BeginDrain(inboundOnly: true, proxy.Loop.Dispatcher.NowNanos, 0);
        Assert.Equal(drains, SaysClose(proxy));
    }

    [Fact]
    public void ModifyOnly_DrainsWhenItChanges()
    {
        using ProxyFixture proxy = ProxyFixture.Http(listener: "drain_type: MODIFY_ONLY");
        proxy.Listeners.DrainsImmediately = true;
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Update(Listener("web", "other"));
        Assert.Contains("connection: close", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
    }

    private static bool SaysClose(ProxyFixture proxy) =>
        proxy.Exchange(proxy.Connect(), "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n").Contains("connection: close", StringComparison.Ordinal);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Whole, WeakReference Chain) ReplaceTwice(ProxyFixture proxy)
    {
        ListenerConfig first = proxy.Listeners.Listeners[0].Config;
        var whole = new WeakReference(first);
        var chain = new WeakReference(first.FilterChains[0].Filters[0]);
        Assert.Null(proxy.Update(Listener("web", "changed", "per_connection_buffer_limit_bytes: 5000")));
        Assert.Null(proxy.Update(Listener("web", "again", "per_connection_buffer_limit_bytes: 5000")));
        return (whole, chain);
    }

    private static SimulatedPeer Connect(ProxyFixture proxy, string from = "192.0.2.7") => proxy.Loop.Network.Connect(Address, from);

    private static string Listener(string name, string text, string more = "") => $$"""
        name: {{name}}
        address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{more}}
        filter_chains: [{ filters: [{{Says(text)}}] }]
        """;

    private static string WithDefault(string first, string rest, string third) => $$"""
        name: l
        address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        filter_chain_matcher:
          matcher_tree:
            input: { name: ip, typed_config: { "@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput } }
            exact_match_map:
              map:
                192.0.2.7: { action: { name: a, typed_config: { "@type": type.googleapis.com/google.protobuf.StringValue, value: same } } }
                192.0.2.8: { action: { name: a, typed_config: { "@type": type.googleapis.com/google.protobuf.StringValue, value: third } } }
        filter_chains:
        - name: same
          filters: [{{Says(first)}}]
        - name: third
          filters: [{{Says(third)}}]
        default_filter_chain:
          name: same
          filters: [{{Says(rest)}}]
        """;

    private static string WithMatcher(string chosen) => $$"""
        name: l
        address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        filter_chain_matcher:
          on_no_match: { action: { name: a, typed_config: { "@type": type.googleapis.com/google.protobuf.StringValue, value: {{chosen}} } } }
        filter_chains:
        - name: a
          filters: [{{Says("echo")}}]
        - name: b
          filters: [{{Says("bee")}}]
        """;

    private static string Says(string text) => text == "echo"
        ? "{ name: echo, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }"
        : "{ name: dr, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: " + text + " } } }";

    private sealed class Never : IWarmTarget
    {
        public void WhenReady(Action callback)
        {
        }
    }

    private sealed class Later : IWarmTarget
    {
        internal Action? Ready { get; private set; }

        public void WhenReady(Action callback) => Ready = callback;
    }
}
