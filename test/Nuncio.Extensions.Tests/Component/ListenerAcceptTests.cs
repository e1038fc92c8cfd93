using System.Text;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>From an accepted socket to a connection: limits, balancing, listener filters, hand-over to other listeners.</summary>
public sealed class ListenerAcceptTests
{
    private const string Address = "10.0.0.1:10000";
    private const string Prefix = "listener.10.0.0.1_10000.";

    [Fact]
    public void ConnectionLimitOfTheListener_ClosesWhatIsTooMuch_UntilOneEnds()
    {
        using ProxyFixture proxy = Start("");
        proxy.Runtime.TrySetAdminValues(new Dictionary<string, string> { ["envoy.resource_limits.listener.l.connection_limit"] = "2" });
        SimulatedPeer first = Connect(proxy);
        SimulatedPeer second = Connect(proxy);
        SimulatedPeer third = Connect(proxy);
        Assert.Equal("a", proxy.Exchange(first, "a"));
        Assert.Equal("b", proxy.Exchange(second, "b"));
        Assert.True(third.IsClosed);
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_cx_overflow"));
        first.Close();
        proxy.Run();
        Assert.Equal("c", proxy.Exchange(Connect(proxy), "c"));
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_cx_overflow"));
    }

    [Fact]
    public void ExactBalance_GivesEachConnectionToTheWorkerWithTheFewest()
    {
        using ProxyFixture proxy = Start("connection_balance_config: { exact_balance: {} }", workers: 2);
        var clients = new List<SimulatedPeer>();
        for (int i = 1; i <= 10; i++)
        {
            clients.Add(Connect(proxy));
            proxy.Run();
            long first = proxy.Gauge(Prefix + "worker_0.downstream_cx_active");
            long second = proxy.Gauge(Prefix + "worker_1.downstream_cx_active");
            Assert.Equal(i, first + second);
            Assert.InRange(Math.Abs(first - second), 0, 1);
        }

        // All of one worker's connections end: the next ones all go there.
        foreach (SimulatedPeer client in clients)
        {
            Assert.Equal("x", proxy.Exchange(client, "x"));
            client.Close();
        }

        proxy.Run();
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
        Connect(proxy);
        Connect(proxy);
        proxy.Run();
        Assert.Equal(1, proxy.Gauge(Prefix + "worker_0.downstream_cx_active"));
        Assert.Equal(1, proxy.Gauge(Prefix + "worker_1.downstream_cx_active"));
    }

    [Fact]
    public void FilterThatWaits_TheConnectionGetsAllItsBytes()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { WaitFor = 5 });
        SimulatedPeer client = Connect(proxy);
        Assert.Equal("", proxy.Exchange(client, "hel"));
        Assert.Equal(1, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal(0, proxy.Counter(Prefix + "downstream_cx_total"));
        Assert.Equal("hello world", proxy.Exchange(client, "lo world"));
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal("more", proxy.Exchange(client, "more"));
        client.EndWriting();
        proxy.Run();
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void FilterConsumes_TheConnectionGetsTheRest()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { WaitFor = 5, Consumes = 3 });
        Assert.Equal("lo", proxy.Exchange(Connect(proxy), "hello"));
    }

    [Fact]
    public void EndRightBehindTheBytes_IsNotLost()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { WaitFor = 5 });
        SimulatedPeer client = Connect(proxy);
        client.Write("hello");
        client.EndWriting();
        proxy.Run();
        Assert.Equal("hello", client.ReadText());
        Assert.True(client.IsEnded);
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
    }

    [Fact]
    public void ClientGoesWhileAFilterWaits_SocketIsClosedAndTheFilterTold()
    {
        var filter = new Scripted { WaitFor = 5 };
        using ProxyFixture proxy = Start(LogOfTerminations, filter: filter);
        SimulatedPeer client = Connect(proxy);
        proxy.Exchange(client, "he");
        client.Close();
        proxy.Run();
        Assert.Equal(1, filter.Closed);
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal(0, proxy.Counter(Prefix + "downstream_cx_total"));
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_listener_filter_remote_close"));
        Assert.Equal("listener_filter_read_end\n", proxy.Log("/log"));
    }

    [Fact]
    public void SilentClient_IsClosedAfterFifteenSeconds()
    {
        var filter = new Scripted { WaitFor = 5 };
        using ProxyFixture proxy = Start("", filter: filter);
        SimulatedPeer client = Connect(proxy);
        proxy.Advance(TimeSpan.FromSeconds(14));
        Assert.False(client.IsClosed);
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.True(client.IsClosed);
        Assert.Equal(1, filter.Closed);
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_pre_cx_timeout"));
        Assert.Equal("hello", proxy.Exchange(Connect(proxy), "hello"));
    }

    [Fact]
    public void SilentClient_GoesOnWithoutTheFilter_WhenToldTo()
    {
        using ProxyFixture proxy = Start("listener_filters_timeout: 3s\ncontinue_on_listener_filters_timeout: true", filter: new Scripted { WaitFor = 5 });
        SimulatedPeer client = Connect(proxy);
        proxy.Exchange(client, "he");
        proxy.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_pre_cx_timeout"));
        Assert.Equal("he", client.ReadText());
        Assert.Equal("y", proxy.Exchange(client, "y"));
    }

    [Fact]
    public void TimeoutOfZero_WaitsForEver()
    {
        using ProxyFixture proxy = Start("listener_filters_timeout: 0s", filter: new Scripted { WaitFor = 5 });
        SimulatedPeer client = Connect(proxy);
        proxy.Advance(TimeSpan.FromHours(1));
        Assert.False(client.IsClosed);
        Assert.Equal("hello", proxy.Exchange(client, "hello"));
    }

    [Fact]
    public void FilterThrows_TheSocketIsClosed_OthersAreServed()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { WaitFor = 5, Throws = true });
        SimulatedPeer client = Connect(proxy);
        proxy.Exchange(client, "hello");
        Assert.True(client.IsClosed);
        Assert.Single(proxy.Loop.Contained);
        proxy.Loop.Contained.Clear();
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
    }

    [Fact]
    public void DisabledFilter_IsLeftOut()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { WaitFor = 5 }, filterMore: "filter_disabled: { destination_port_range: { start: 10000, end: 10001 } }");
        Assert.Equal("he", proxy.Exchange(Connect(proxy), "he"));
    }

    [Fact]
    public void FilterClosesAtAccept_NothingIsLeft()
    {
        using ProxyFixture proxy = Start("", filter: new Scripted { Refuses = true });
        SimulatedPeer client = Connect(proxy);
        proxy.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_cx_active"));
    }

    [Fact]
    public void RestoredDestination_GoesToItsListener_WithAllBytes()
    {
        using ProxyFixture proxy = Start("use_original_dst: true", filter: new Scripted { WaitFor = 1, Destination = "10.9.9.9:80" });
        Assert.Null(proxy.Update(Other("exact", "10.9.9.9", 80)));
        SimulatedPeer client = Connect(proxy);
        Assert.Equal("hi", proxy.Exchange(client, "hi"));
        Assert.Equal(1, proxy.Counter("listener.10.9.9.9_80.downstream_cx_total"));
        Assert.Equal(0, proxy.Counter(Prefix + "downstream_cx_total"));
        Assert.Equal(0, proxy.Gauge(Prefix + "downstream_pre_cx_active"));
        Assert.Equal(0, proxy.Gauge("listener.10.9.9.9_80.downstream_pre_cx_active"));
    }

    [Fact]
    public void RestoredDestination_GoesToTheWildcardListenerOfItsPort()
    {
        using ProxyFixture proxy = Start("use_original_dst: true", filter: new Scripted { WaitFor = 1, Destination = "10.9.9.9:80" });
        Assert.Null(proxy.Update(Other("any", "0.0.0.0", 80)));
        Assert.Equal("hi", proxy.Exchange(Connect(proxy), "hi"));
        Assert.Equal(1, proxy.Counter("listener.0.0.0.0_80.downstream_cx_total"));
    }

    [Fact]
    public void RestoredDestinationOfNoListener_Stays()
    {
        using ProxyFixture proxy = Start("use_original_dst: true", filter: new Scripted { WaitFor = 1, Destination = "10.9.9.9:81" });
        Assert.Null(proxy.Update(Other("any", "0.0.0.0", 80)));
        Assert.Equal("hi", proxy.Exchange(Connect(proxy), "hi"));
        Assert.Equal(1, proxy.Counter(Prefix + "downstream_cx_total"));
    }

    [Fact]
    public void ListenerThatDoesNotBind_HasNoSocket()
    {
        using ProxyFixture proxy = Start("");
        Assert.Null(proxy.Update(Other("exact", "10.0.0.1", 80)));
        Assert.Throws<InvalidOperationException>(() => proxy.Loop.Network.Connect("10.0.0.1:80", "192.0.2.7"));
        Assert.Empty(proxy.Listeners.Listeners[1].Bound);
    }

    private const string LogOfTerminations = """
        access_log:
        - name: file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: /log
            log_format: { text_format_source: { inline_string: "%CONNECTION_TERMINATION_DETAILS%\n" } }
        """;

    private static SimulatedPeer Connect(ProxyFixture proxy) => proxy.Loop.Network.Connect(Address, "192.0.2.7");

    private static string Other(string name, string address, int port) => $$"""
        name: {{name}}
        bind_to_port: false
        address: { socket_address: { address: {{address}}, port_value: {{port}} } }
        filter_chains: [{ filters: [{ name: echo, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }] }]
        """;

    private static ProxyFixture Start(string more, int workers = 1, Scripted? filter = null, string filterMore = "")
    {
        string filters = filter is null ? "" : "listener_filters: [{ name: scripted, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty }, " + filterMore + " }]";
        return new ProxyFixture(
            $$"""
            static_resources:
              listeners:
              - name: l
                address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
            {{ProxyFixture.Indent(more, 4)}}
            {{ProxyFixture.Indent(filters, 4)}}
                filter_chains: [{ filters: [{ name: echo, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }] }]
            """,
            workers,
            catalog =>
            {
                if (filter is not null)
                {
                    catalog.Add<IListenerFilterFactory>(filter);
                }
            });
    }

    /// <summary>A listener filter that does what the test says; its own factory, provider and maker.</summary>
    private sealed class Scripted : ListenerFilterProvider, IListenerFilterFactory
    {
        public string Name => "scripted";

        public Google.Protobuf.Reflection.MessageDescriptor ConfigType => Google.Protobuf.WellKnownTypes.Empty.Descriptor;

        internal int WaitFor { get; init; }

        internal int Consumes { get; init; }

        internal bool Throws { get; init; }

        internal bool Refuses { get; init; }

        internal string? Destination { get; init; }

        internal int Closed { get; private set; }

        public ListenerFilterProvider Create(Google.Protobuf.IMessage message, FactoryContext context, Nuncio.Config.Errors.ConfigScope scope) => this;

        public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new Maker(this);

        private sealed class Maker(Scripted script) : ListenerFilterMaker
        {
            public override ListenerFilter Create(AcceptedSocket socket) => new Filter(script);
        }

        private sealed class Filter(Scripted script) : ListenerFilter
        {
            public override int MaxReadBytes => script.WaitFor;

            public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
            {
                if (script.Refuses)
                {
                    socket.Close("refused");
                }

                return ListenerFilterStatus.StopIteration;
            }

            public override ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes)
            {
                Assert.InRange(bytes.Length, 1, script.WaitFor);
                if (bytes.Length < script.WaitFor)
                {
                    return ListenerFilterStatus.StopIteration;
                }

                if (script.Throws)
                {
                    throw new InvalidOperationException(Encoding.ASCII.GetString(bytes));
                }

                if (script.Destination is { } destination && NetworkAddress.TryParseIpAndPort(destination, out NetworkAddress? address))
                {
                    socket.Info.LocalAddress = address!;
                }

                socket.Consume(script.Consumes);
                return ListenerFilterStatus.Continue;
            }

            public override void OnClosed(AcceptedSocket socket) => script.Closed++;
        }
    }
}
