using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Overload;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>
/// Whatever becomes of an accepted socket, it is counted once and given back once: by the listener's limit, the process's limit, the
/// balancer and the gauges, and its descriptor is closed.
/// </summary>
public sealed class ListenerCountTests
{
    private const string Address = "10.0.0.1:10000";
    private const string Prefix = "listener.10.0.0.1_10000.";

    [Theory]
    [InlineData("client leaves")]
    [InlineData("client resets")]
    [InlineData("no chain")]
    [InlineData("no filters")]
    [InlineData("filter time is over")]
    [InlineData("client leaves while a filter waits")]
    [InlineData("listener filter refuses")]
    [InlineData("listener filter throws at accept")]
    [InlineData("listener filter throws at bytes")]
    [InlineData("listener filter cannot be made")]
    [InlineData("network filter cannot be added")]
    [InlineData("network filter throws at the start")]
    [InlineData("handed over")]
    [InlineData("handed over to one without overload manager")]
    [InlineData("handed over from one without overload manager")]
    [InlineData("handed over and no chain")]
    public void EndOfASocket_GivesEverythingBack(string how)
    {
        var faults = new Faults { How = how };
        using ProxyFixture proxy = Start(faults, "connection_balance_config: { exact_balance: {} }");
        int open = proxy.Loop.Network.OpenDescriptors;
        for (int i = 0; i < 20; i++)
        {
            SimulatedPeer client = proxy.Loop.Network.Connect(how.EndsWith("from one without overload manager", StringComparison.Ordinal) ? "10.0.0.1:10002" : Address, "192.0.2.7");
            client.Write("x");
            proxy.Run();
            if (how.Contains("time is over", StringComparison.Ordinal))
            {
                proxy.Advance(TimeSpan.FromSeconds(16));
                Assert.True(client.IsClosed);
            }

            if (how.Contains("resets", StringComparison.Ordinal))
            {
                client.Reset();
            }
            else
            {
                client.Close();
            }

            proxy.Run();
        }

        bool throws = how.Contains("throws", StringComparison.Ordinal) || how.Contains("cannot be", StringComparison.Ordinal);
        Assert.Equal(throws ? 20 : 0, proxy.Loop.Contained.Count);
        proxy.Loop.Contained.Clear();
        Assert.Equal(open, proxy.Loop.Network.OpenDescriptors);
        AssertNothingIsCounted(proxy, faults);
    }

    [Fact]
    public void RefusedSockets_GiveEverythingBack()
    {
        var faults = new Faults();
        using ProxyFixture proxy = Start(faults, "connection_balance_config: { exact_balance: {} }");
        SimulatedPeer[] two = [Connect(proxy), Connect(proxy)];
        proxy.Run();
        for (int i = 0; i < 20; i++)
        {
            SimulatedPeer third = Connect(proxy);
            proxy.Run();
            Assert.True(third.IsClosed);
        }

        foreach (SimulatedPeer client in two)
        {
            client.Close();
        }

        proxy.Run();
        AssertNothingIsCounted(proxy, faults);
    }

    [Fact]
    public void ListenerReplacedWhileSocketsWait_TheyGoOnWithTheOldVersion_AndEndWithItsDrainTime()
    {
        var faults = new Faults { How = "filter time is over" };
        using ProxyFixture proxy = Start(faults, "listener_filters_timeout: 0s");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(30);
        SimulatedPeer finishes = Connect(proxy);
        SimulatedPeer hangs = Connect(proxy);
        proxy.Run();
        Assert.Equal(2, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Null(proxy.Update(Waiting("listener_filters_timeout: 0s\nper_connection_buffer_limit_bytes: 3000")));
        faults.How = "";
        Assert.Equal("late", proxy.Exchange(finishes, "late"));
        Assert.Equal(1, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        proxy.Advance(TimeSpan.FromSeconds(31));
        Assert.True(hangs.IsClosed);
        Assert.True(finishes.IsClosed);
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        AssertNothingIsCounted(proxy, faults);
    }

    [Fact]
    public void ConnectionOnItsWayToAWorkerThatHasEndedTheListener_IsClosed()
    {
        var faults = new Faults();
        using ProxyFixture proxy = Start(faults, "connection_balance_config: { exact_balance: {} }");
        proxy.Listeners.DrainTime = TimeSpan.Zero;
        int open = proxy.Loop.Network.OpenDescriptors;
        SimulatedPeer[] clients = [Connect(proxy), Connect(proxy)];
        proxy.Listeners.Remove("l");
        proxy.Run();
        proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.All(clients, static c => Assert.True(c.IsClosed));
        Assert.Equal(open - 2, proxy.Loop.Network.OpenDescriptors); // Less its two listening sockets.
        Assert.Null(proxy.Update(Waiting("connection_balance_config: { exact_balance: {} }")));
        AssertNothingIsCounted(proxy, faults);
    }

    [Fact]
    public void HandedOver_TheOtherListenersTimeCounts()
    {
        var faults = new Faults { How = "handed over" };
        using ProxyFixture proxy = Start(faults, "listener_filters_timeout: 2s");
        Assert.Null(proxy.Update(Target("listener_filters_timeout: 60s\nlistener_filters: [{ name: faults, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty } }]")));
        SimulatedPeer client = Connect(proxy);
        proxy.Advance(TimeSpan.FromSeconds(1));
        client.Write("x");
        proxy.Run();
        faults.How = "filter time is over";
        SimulatedPeer waits = Connect(proxy);
        proxy.Run();
        faults.How = "handed over, then waits";
        waits.Write("x");
        proxy.Run();
        proxy.Advance(TimeSpan.FromSeconds(30));
        Assert.False(waits.IsClosed);
        proxy.Advance(TimeSpan.FromSeconds(40));
        Assert.True(waits.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.10.9.9.9_80.downstream_pre_cx_timeout"));
    }

    [Fact]
    public void TwoListenersThatPointAtEachOther_HandOverOnce()
    {
        var faults = new Faults { How = "round and round" };
        using ProxyFixture proxy = Start(faults, "");
        Assert.Null(proxy.Update(Target("use_original_dst: true\nlistener_filters: [{ name: faults, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty } }]")));
        Assert.Equal("x", proxy.Exchange(Connect(proxy), "x"));
        Assert.Equal(1, proxy.Counter("listener.10.9.9.9_80.downstream_cx_total"));
    }

    /// <summary>Exactly two connections fit, spread evenly, which shows that no count is above or below zero.</summary>
    private static void AssertNothingIsCounted(ProxyFixture proxy, Faults faults)
    {
        faults.How = "";
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal(0, proxy.Gauge("listener.10.9.9.9_80.downstream_cx_active"));
        Assert.Equal(0, proxy.Gauge("listener.10.9.9.9_80.downstream_pre_cx_active"));
        Assert.Equal(proxy.Counter(Prefix + "downstream_cx_total"), proxy.Counter(Prefix + "downstream_cx_destroy"));
        SimulatedPeer first = Connect(proxy);
        Assert.Equal("1", proxy.Exchange(first, "1"));
        SimulatedPeer second = Connect(proxy);
        Assert.Equal("2", proxy.Exchange(second, "2"));
        SimulatedPeer third = Connect(proxy);
        proxy.Run();
        Assert.True(third.IsClosed);
        if (proxy.Listeners.Listeners[0].Config.Balance == ConnectionBalance.Exact)
        {
            Assert.Equal(1, proxy.Gauge(Prefix + "worker_0.downstream_cx_active"));
            Assert.Equal(1, proxy.Gauge(Prefix + "worker_1.downstream_cx_active"));
        }

        first.Close();
        second.Close();
        proxy.Run();

        // The listener has room; is it the process that has none?
        Assert.Equal("4", proxy.Exchange(Connect(proxy), "4"));
    }

    private static SimulatedPeer Connect(ProxyFixture proxy) => proxy.Loop.Network.Connect(Address, "192.0.2.7");

    private static ProxyFixture Start(Faults faults, string more) => new(
        $$"""
        static_resources:
          listeners:
          - {{ProxyFixture.Indent(Waiting(more), 4).TrimStart()}}
          - {{ProxyFixture.Indent(Target("connection_balance_config: { exact_balance: {} }"), 4).TrimStart()}}
          - {{ProxyFixture.Indent(Target("connection_balance_config: { exact_balance: {} }\nbypass_overload_manager: true").Replace("9.9.9", "9.9.8", StringComparison.Ordinal).Replace("target", "free", StringComparison.Ordinal), 4).TrimStart()}}
          - {{ProxyFixture.Indent(Waiting("bypass_overload_manager: true").Replace("name: l", "name: bypass", StringComparison.Ordinal).Replace("10000", "10002", StringComparison.Ordinal), 4).TrimStart()}}
        """,
        workers: 2,
        catalog =>
        {
            catalog.Add<IListenerFilterFactory>(faults);
            catalog.Add<INetworkFilterFactory>(new FaultyNetworkFilter(faults));
        },
        new Dictionary<string, int>
        {
            ["envoy.resource_limits.listener.l.connection_limit"] = 2,
            [GlobalConnections.RuntimeKeyName] = 2,
        });

    private static string Waiting(string more) => $$"""
        name: l
        address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        use_original_dst: true
        {{more}}
        listener_filters: [{ name: faults, typed_config: { "@type": type.googleapis.com/google.protobuf.Empty } }]
        filter_chains:
        - filter_chain_match: { server_names: [nobody.example] }
          filters: []
        - filter_chain_match: { transport_protocol: raw_buffer }
          filters:
          - { name: faulty, typed_config: { "@type": type.googleapis.com/google.protobuf.Duration, value: 1s } }
          - { name: echo, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }
        """;

    private static string Target(string more) => $$"""
        name: target
        bind_to_port: false
        address: { socket_address: { address: 10.9.9.9, port_value: 80 } }
        {{more}}
        filter_chains:
        - filter_chain_match: { transport_protocol: raw_buffer }
          filters: [{ name: echo, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }]
        """;

    /// <summary>A listener filter that does what the test says; its own factory, provider and maker. Waits for one byte.</summary>
    private sealed class Faults : ListenerFilterProvider, IListenerFilterFactory
    {
        public string Name => "faults";

        public MessageDescriptor ConfigType => Empty.Descriptor;

        internal string How { get; set; } = "";

        public ListenerFilterProvider Create(IMessage message, FactoryContext context, ConfigScope scope) => this;

        public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new Maker(this);

        private sealed class Maker(Faults faults) : ListenerFilterMaker
        {
            public override ListenerFilter Create(AcceptedSocket socket) =>
                faults.How == "listener filter cannot be made" ? throw new InvalidOperationException(faults.How) : new Filter(faults);
        }

        private sealed class Filter(Faults faults) : ListenerFilter
        {
            public override int MaxReadBytes => 1;

            public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
            {
                if (faults.How == "listener filter refuses")
                {
                    socket.Close("refused");
                }
                else if (faults.How == "listener filter throws at accept")
                {
                    throw new InvalidOperationException(faults.How);
                }

                return ListenerFilterStatus.StopIteration;
            }

            public override ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes)
            {
                switch (faults.How)
                {
                    case "filter time is over" or "client leaves while a filter waits":
                        return ListenerFilterStatus.StopIteration;
                    case "listener filter throws at bytes":
                        throw new InvalidOperationException(faults.How);
                    case "no chain":
                        socket.Info.TransportProtocol = "nobody's";
                        break;
                    case "no filters":
                        socket.Info.RequestedServerName = "nobody.example";
                        break;
                    case "handed over, then waits":
                        faults.How = "filter time is over";
                        socket.Info.LocalAddress = SimulatedNetwork.Parse("10.9.9.9:80");
                        break;
                    case "handed over and no chain":
                        socket.Info.TransportProtocol = "nobody's";
                        socket.Info.LocalAddress = SimulatedNetwork.Parse("10.9.9.9:80");
                        break;
                    case "handed over to one without overload manager":
                        socket.Info.LocalAddress = SimulatedNetwork.Parse("10.9.9.8:80");
                        break;
                    case "round and round":
                        socket.Info.LocalAddress = SimulatedNetwork.Parse(socket.Info.ListenerName == "l" ? "10.9.9.9:80" : Address);
                        break;
                    case { } how when how.StartsWith("handed over", StringComparison.Ordinal):
                        socket.Info.LocalAddress = SimulatedNetwork.Parse("10.9.9.9:80");
                        break;
                    default:
                        break;
                }

                return ListenerFilterStatus.Continue;
            }
        }
    }

    /// <summary>A network filter that fails where the test says; its own factory, provider and maker.</summary>
    private sealed class FaultyNetworkFilter(Faults faults) : NetworkFilterProvider, INetworkFilterFactory
    {
        public string Name => "faulty";

        public MessageDescriptor ConfigType => Duration.Descriptor;

        public NetworkFilterProvider Create(IMessage message, FactoryContext context, ConfigScope scope) => this;

        public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new Maker(faults);

        private sealed class Maker(Faults faults) : NetworkFilterMaker
        {
            public override void AddTo(Connection connection, in AcceptedConnection accepted)
            {
                if (faults.How == "network filter cannot be added")
                {
                    throw new InvalidOperationException(faults.How);
                }

                connection.AddReadFilter(new Filter(faults));
            }
        }

        private sealed class Filter(Faults faults) : IReadFilter
        {
            public void OnInitialize(Connection connection)
            {
            }

            public FilterStatus OnNewConnection() =>
                faults.How == "network filter throws at the start" ? throw new InvalidOperationException(faults.How) : FilterStatus.Continue;

            public FilterStatus OnData(Base.Buffers.Buffer data, bool endStream) => FilterStatus.Continue;
        }
    }
}
