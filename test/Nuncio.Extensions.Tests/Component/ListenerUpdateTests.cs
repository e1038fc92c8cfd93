using Nuncio.Core.Listeners;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Listeners that are added, changed and removed while connections live.</summary>
public sealed class ListenerUpdateTests
{
    private const string Address = "10.0.0.1:10000";

    [Fact]
    public void AddedListener_IsServed()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        Assert.Null(proxy.Update(Listener("a", 10000, "one")));
        Assert.Equal("one", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_added"));
        Assert.Equal(2, proxy.Counter("listener_manager.listener_create_success")); // One for each worker, as Envoy counts.
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_active"));
    }

    [Fact]
    public void EqualListener_ChangesNothing()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        int version = proxy.Listeners.Version;
        Assert.Null(proxy.Update(Listener("a", 10000, "one")));
        Assert.Equal(version, proxy.Listeners.Version);
        Assert.Equal(0, proxy.Counter("listener_manager.listener_modified"));
    }

    [Fact]
    public void OnlyOneChainChanged_OthersKeepTheirConnections()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(30);
        proxy.Update(TwoChains("echo"));
        SimulatedPeer stays = proxy.Loop.Network.Connect(Address, "192.0.2.7");
        SimulatedPeer goes = proxy.Loop.Network.Connect(Address, "198.51.100.1");
        Assert.Equal("a", proxy.Exchange(stays, "a"));
        Assert.Equal("b", proxy.Exchange(goes, "b"));

        Assert.Null(proxy.Update(TwoChains("another")));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_in_place_updated"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_filter_chains_draining"));
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.Equal("c", proxy.Exchange(stays, "c"));
        Assert.Equal("d", proxy.Exchange(goes, "d")); // Until the drain time is over.
        Assert.Equal("another", proxy.Exchange(proxy.Loop.Network.Connect(Address, "198.51.100.1"), ""));

        proxy.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("e", proxy.Exchange(stays, "e"));
        Assert.True(goes.IsClosed);
        Assert.Equal(0, proxy.Gauge("listener_manager.total_filter_chains_draining"));
        Assert.Equal(1, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));
    }

    [Fact]
    public void SettingsChanged_AllOldConnectionsDrain_NewOnesGoToTheNewVersion()
    {
        using var proxy = new ProxyFixture("static_resources: {}", workers: 2);
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(30);
        proxy.Update(TwoChains("echo"));
        SimulatedPeer old = proxy.Loop.Network.Connect(Address, "192.0.2.7");
        Assert.Equal("a", proxy.Exchange(old, "a"));

        Assert.Null(proxy.Update(TwoChains("echo", "per_connection_buffer_limit_bytes: 1000")));
        Assert.Equal(0, proxy.Counter("listener_manager.listener_in_place_updated"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_draining"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_active"));
        Assert.Equal("b", proxy.Exchange(old, "b"));
        SimulatedPeer fresh = proxy.Loop.Network.Connect(Address, "192.0.2.7");
        Assert.Equal("c", proxy.Exchange(fresh, "c"));

        proxy.Advance(TimeSpan.FromSeconds(31));
        Assert.True(old.IsClosed);
        Assert.Equal("d", proxy.Exchange(fresh, "d"));
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
    }

    [Fact]
    public void ConnectionsThatWaitInTheKernel_AreServedByTheNewVersion()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        SimulatedPeer waiting = proxy.Loop.Network.Connect(Address, "192.0.2.7"); // Nobody has accepted it yet.
        proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("a", 10000, "two", "per_connection_buffer_limit_bytes: 1000")));
        proxy.Run();
        Assert.False(waiting.IsReset);
        Assert.Contains(waiting.ReadText(), (string[])["one", "two"]);
    }

    [Fact]
    public void RemovedListener_StopsAtOnce_ItsConnectionsAfterTheDrainTime()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(30);
        proxy.Update(TwoChains("echo"));
        SimulatedPeer client = proxy.Loop.Network.Connect(Address, "192.0.2.7");
        Assert.Equal("a", proxy.Exchange(client, "a"));
        Assert.True(proxy.Listeners.Remove("l"));
        Assert.False(proxy.Listeners.Remove("l"));
        proxy.Run();
        AssertNobodyListens(proxy, Address);
        Assert.Equal("b", proxy.Exchange(client, "b"));
        Assert.Empty(proxy.Listeners.Listeners);
        Assert.Equal(1, proxy.Counter("listener_manager.listener_removed"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_draining"));
        proxy.Advance(TimeSpan.FromSeconds(31));
        Assert.True(client.IsClosed);
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_draining"));
    }

    [Fact]
    public void AddressOfAnother_IsRefused_AndNothingChanges()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        Assert.Equal(
            "error adding listener: 'b' has duplicate address '10.0.0.1:10000' as existing listener 'a'", proxy.Update(Listener("b", 10000, "two")));
        Assert.Equal("one", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        Assert.Single(proxy.Listeners.Listeners);
        Assert.Equal(1, proxy.Counter("listener_manager.listener_create_failure"));
    }

    [Fact]
    public void AddressMovesToAnotherName_InOneUpdate()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        SimulatedPeer waiting = proxy.Loop.Network.Connect(Address, "192.0.2.7");
        ListenerUpdate update = proxy.Listeners.Prepare([proxy.ConvertListener(Listener("b", 10000, "two"))], ["a"]);
        Assert.Empty(update.Errors);
        proxy.Listeners.Commit(update);
        proxy.Run();
        Assert.False(waiting.IsReset);
        Assert.Equal("two", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        Assert.Equal("b", Assert.Single(proxy.Listeners.Listeners).Config.Name);
    }

    [Fact]
    public void OneOfSeveralCannotBeBound_AbandonedUpdateLeavesAllAsTheyWere()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        proxy.Update(Listener("b", 10002, "two"));
        ListenerUpdate update = proxy.Listeners.Prepare(
            [proxy.ConvertListener(Listener("new", 10001, "new")), proxy.ConvertListener(Listener("a", 10002, "moved"))], []);
        Assert.Equal("a", Assert.Single(update.Errors).Listener);
        proxy.Listeners.Abandon(update);
        proxy.Run();
        Assert.Equal("one", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        AssertNobodyListens(proxy, "10.0.0.1:10001");
    }

    [Fact]
    public void ListenerThatWaitsForSomething_ServesOnceItIsThere_TheOldOneUntilThen()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Update(Listener("a", 10000, "one"));
        var target = new Target();
        ListenerConfig next = proxy.ConvertListener(Listener("a", 10000, "two")) with { WarmTargets = [target] };
        Assert.Null(proxy.Listeners.AddOrUpdate(next));
        proxy.Run();
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_warming"));
        Assert.Equal("one", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        target.Ready!();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("listener_manager.total_listeners_warming"));
        Assert.Equal("two", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
    }

    [Fact]
    public void WarmingListenerReplaced_ItsTargetIsTooLate()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        var target = new Target();
        proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("a", 10000, "one")) with { WarmTargets = [target] });
        Assert.Null(proxy.Update(Listener("a", 10000, "two")));
        target.Ready!();
        proxy.Run();
        Assert.Equal("two", proxy.Exchange(proxy.Loop.Network.Connect(Address, "192.0.2.7"), ""));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_listeners_active"));
    }

    [Fact]
    public void OneOfAThousandChanged_NoOtherIsTouched()
    {
        using var proxy = new ProxyFixture("static_resources: {}");
        for (int i = 0; i < 1000; i++)
        {
            proxy.Listeners.AddOrUpdate(proxy.ConvertListener(Listener("l" + i, 10000 + i, "text" + i)));
        }

        proxy.Run();
        ListenerSnapshot[] before = [.. proxy.Listeners.Listeners];
        proxy.Update(Listener("l500", 10500, "changed"));
        Assert.Equal("changed", proxy.Exchange(proxy.Loop.Network.Connect("10.0.0.1:10500", "192.0.2.7"), ""));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_modified"));
        Assert.Equal(1, proxy.Gauge("listener_manager.total_filter_chains_draining"));
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(i != 500, ReferenceEquals(before[i].Config, proxy.Listeners.Listeners[i].Config));
        }
    }

    [Fact]
    public void HttpConnectionOfAChangedChain_IsToldToGoByItsNextResponse()
    {
        using ProxyFixture proxy = ProxyFixture.Http();
        proxy.Listeners.DrainsImmediately = true;
        SimulatedPeer client = proxy.Connect();
        Assert.DoesNotContain("connection: close", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
        Assert.Null(proxy.Update(Listener("web", 10000, "other")));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_in_place_updated"));
        string response = proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response, StringComparison.Ordinal);
        Assert.Contains("connection: close", response, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
    }

    private static void AssertNobodyListens(ProxyFixture proxy, string address) =>
        Assert.Throws<InvalidOperationException>(() => proxy.Loop.Network.Connect(address, "192.0.2.99"));

    private static string Listener(string name, int port, string text, string more = "") => $$"""
        name: {{name}}
        address: { socket_address: { address: 10.0.0.1, port_value: {{port}} } }
        {{more}}
        filter_chains: [{ filters: [{{Says(text)}}] }]
        """;

    private static string TwoChains(string second, string more = "") => $$"""
        name: l
        address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{more}}
        filter_chains:
        - name: first
          filter_chain_match: { source_prefix_ranges: [{ address_prefix: 192.0.2.0, prefix_len: 24 }] }
          filters: [{{Says("echo")}}]
        - name: second
          filters: [{{Says(second)}}]
        """;

    private static string Says(string text) => text == "echo"
        ? "{ name: echo, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }"
        : "{ name: dr, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: " + text + " } } }";

    private sealed class Target : IWarmTarget
    {
        internal Action? Ready { get; private set; }

        public void WhenReady(Action callback) => Ready = callback;
    }
}
