using System.Net;
using System.Net.Sockets;
using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.Runtime;
using Nuncio.Extensions.Tests.Component;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Time;
using Bootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Nuncio.Extensions.Tests.UdpFilters.UdpProxy;

/// <summary>
/// A UDP proxy from YAML over real epoll and loopback sockets, with a clock of the test. The test's thread is clients, upstreams, main
/// thread and worker in turn.
/// </summary>
internal sealed class UdpProxyLab : IDisposable
{
    private readonly EpollPoller _mainPoller = new();
    private readonly EpollPoller _workerPoller = new();
    private readonly Dispatcher _main;
    private readonly Dispatcher _worker;
    private readonly AccessLogFlusher _flusher;
    private readonly FactoryContext _context;
    private readonly List<Socket> _opened = [];
    private readonly OneName _dns = new();

    /// <summary>Fragments are YAML indented by nothing; UP0, UP1 and UP2 stand for ports of upstreams.</summary>
    /// <param name="proxy">Fields of the UDP proxy.</param>
    /// <param name="cluster">Fields of the cluster "up".</param>
    /// <param name="listener">Fields of the listener.</param>
    /// <param name="upstreams">Hosts of the cluster "up".</param>
    internal UdpProxyLab(string proxy = "cluster: up", string cluster = "", string listener = "", int upstreams = 1, string address = "127.0.0.1", string upstreamAddress = "127.0.0.1")
    {
        for (int i = 0; i < upstreams; i++)
        {
            Upstreams.Add(Open(upstreamAddress));
        }

        Stats = new StatsStore(2);
        _main = new Dispatcher("main", 0, _mainPoller, LinuxSockets.Instance, Clock, new RandomSource(1));
        _worker = new Dispatcher("worker_0", 1, _workerPoller, LinuxSockets.Instance, Clock, new RandomSource(2));
        _flusher = new AccessLogFlusher(new AccessLogOptions(), Logs, Clock, Stats);
        var catalog = new ExtensionCatalog();
        BuiltInExtensions.AddTo(catalog);
        _context = new FactoryContext
        {
            Extensions = catalog,
            Stats = Stats,
            MainDispatcher = _main,
            AccessLogs = _flusher,
            Runtime = new LayeredRuntime(),
        };
        Worker = new WorkerContext(_worker, Stats);
        Clusters = new ClusterManager(_main, Stats.Root(), [Worker], _dns);
        Clusters.AddOrUpdate(ConvertCluster(ClusterYaml(cluster, upstreamAddress)));
        Listeners = new ListenerManager(_main, [Worker], Stats.Root(), _context.Runtime);
        Assert.Null(Listeners.AddOrUpdate(ConvertListener(proxy, listener, address)));
        Listeners.Start();
        Run();
        Address = IPEndPoint.Parse(Listeners.Listeners[0].Bound[0].ToString());
        if (Address.Address.Equals(IPAddress.Any))
        {
            Address.Address = IPAddress.Loopback;
        }
    }

    internal ManualClock Clock { get; } = new();

    internal StatsStore Stats { get; }

    internal MemoryLogFiles Logs { get; } = new();

    internal WorkerContext Worker { get; }

    internal ClusterManager Clusters { get; }

    internal ListenerManager Listeners { get; }

    /// <summary>Where the proxy listens.</summary>
    internal IPEndPoint Address { get; private set; }

    /// <summary>The hosts of "up", bound and never connected.</summary>
    internal List<Socket> Upstreams { get; } = [];

    public void Dispose()
    {
        foreach (Socket socket in _opened)
        {
            socket.Dispose();
        }

        Listeners.CloseConnections("test_ends");
        Run();
        Assert.Equal(0, _main.ContainedExceptions + _worker.ContainedExceptions);
        _flusher.Dispose();
        _workerPoller.Dispose();
        _mainPoller.Dispose();
    }

    /// <summary>A socket of the test: a client, or one more upstream.</summary>
    internal Socket Open(string address = "127.0.0.1")
    {
        var ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(ip, 0));
        _opened.Add(socket);
        return socket;
    }

    /// <summary>Both loops, until nothing more happens. What was sent over loopback has arrived when the call returns.</summary>
    internal void Run()
    {
        for (int idle = 0; idle < 3;)
        {
            idle = _main.RunOnce(0) | _worker.RunOnce(0) ? 0 : idle + 1;
        }
    }

    internal void Turn() => _worker.RunOnce(0);

    internal void Advance(TimeSpan by)
    {
        Clock.AdvanceNanos((long)by.TotalNanoseconds);
        Run();
    }

    internal void Send(Socket client, string text)
    {
        client.SendTo(Encoding.Latin1.GetBytes(text), Address);
        Run();
    }

    /// <summary>The next datagram that waits, and whose it is; null when there is none.</summary>
    internal static string? Receive(Socket socket, out EndPoint from)
    {
        from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        byte[] room = new byte[65536];
        return socket.Poll(0, SelectMode.SelectRead) ? Encoding.Latin1.GetString(room, 0, socket.ReceiveFrom(room, ref from)) : null;
    }

    internal static string? Receive(Socket socket) => Receive(socket, out _);

    /// <summary>The client sends, the upstream gets it and answers, the client gets the answer. Returns the proxy's upstream address.</summary>
    internal EndPoint Exchange(Socket client, string text, Socket? upstream = null)
    {
        upstream ??= Upstreams[0];
        Send(client, text);
        Assert.Equal(text, Receive(upstream, out EndPoint session));
        upstream.SendTo(Encoding.Latin1.GetBytes("re:" + text), session);
        Run();
        Assert.Equal("re:" + text, Receive(client, out EndPoint from));
        Assert.Equal(Address, from);
        return session;
    }

    internal long Counter(string name) => Stats.CounterValue(name);

    internal long Gauge(string name) => Stats.GaugeValue(name);

    internal string Log(string path)
    {
        Run();
        _flusher.Flush();
        return Logs[path];
    }

    /// <summary>Replaces the listener.</summary>
    internal void Update(string proxy, string listener = "", string address = "127.0.0.1")
    {
        Assert.Null(Listeners.AddOrUpdate(ConvertListener(proxy, listener, address)));
        Run();
    }

    /// <summary>Replaces the cluster "up"; HOSTS are indices of <see cref="Upstreams"/>.</summary>
    internal void UpdateCluster(string cluster, params int[] hosts)
    {
        Clusters.AddOrUpdate(ConvertCluster(ClusterYaml(cluster, "127.0.0.1", hosts)));
        Run();
    }

    /// <summary>Replaces the cluster "up" by one whose hosts a name tells, on the port of the first upstream.</summary>
    internal void UseNamedCluster()
    {
        Clusters.AddOrUpdate(ConvertCluster($$"""
            name: up
            type: STRICT_DNS
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: service.test, port_value: {{((IPEndPoint)Upstreams[0].LocalEndPoint!).Port}} } } }
            """));
        Run();
    }

    /// <summary>The name's addresses, when it is asked for.</summary>
    internal void Answer(params uint[] addresses)
    {
        _dns.Waiting!.Complete(new DnsAnswer(true, [.. addresses.Select(bits => NetworkAddress.FromIPv4(bits, 0))]));
        Run();
    }

    private string ClusterYaml(string fields, string address, int[]? hosts = null)
    {
        var endpoints = new StringBuilder();
        foreach (int host in hosts ?? Enumerable.Range(0, Upstreams.Count))
        {
            int port = ((IPEndPoint)Upstreams[host].LocalEndPoint!).Port;
            endpoints.Append(
                $"\n    - endpoint: {{ address: {{ socket_address: {{ protocol: UDP, address: \"{address}\", port_value: {port} }} }} }}");
        }

        return $"""
            name: up
            connect_timeout: 1s
            {fields}
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:{(endpoints.Length == 0 ? " []" : endpoints.ToString())}
            """;
    }

    private ListenerConfig ConvertListener(string proxy, string listener, string address)
    {
        string yaml = $$"""
            name: dns
            address: { socket_address: { protocol: UDP, address: "{{address}}", port_value: 0, ipv4_compat: {{(address == "::" ? "true" : "false")}} } }
            {{listener}}
            listener_filters:
            - name: proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig
                stat_prefix: p
            {{ProxyFixture.Indent(proxy, 4)}}
            """;
        var errors = new ConfigErrors();
        LoadedMessage<Envoy.Config.Listener.V3.Listener>? loaded = ConfigText.Load<Envoy.Config.Listener.V3.Listener>(yaml, errors);
        ListenerConfig? config = loaded is null ? null : ListenerConverter.Convert(loaded.Message, _context, loaded.Root(errors));
        return config ?? throw new InvalidOperationException(string.Join('\n', errors.Items) + "\n" + yaml);
    }

    private static ClusterConfig ConvertCluster(string yaml)
    {
        var errors = new ConfigErrors();
        string bootstrap = "static_resources:\n  clusters:\n  -\n" + ProxyFixture.Indent(yaml, 4);
        LoadedMessage<Bootstrap>? loaded = ConfigText.Load<Bootstrap>(bootstrap, errors);
        IReadOnlyList<ClusterConfig> clusters = loaded is null
            ? []
            : ClusterConverter.ConvertAll(loaded.Message.StaticResources.Clusters, loaded.Root(errors).Field("static_resources").Field("clusters"));
        return errors.Any ? throw new InvalidOperationException(string.Join('\n', errors.Items) + "\n" + bootstrap) : clusters[0];
    }

    /// <summary>Knows one name, and answers when the test does.</summary>
    private sealed class OneName : DnsResolver
    {
        internal DnsQuery? Waiting { get; private set; }

        public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks) =>
            Waiting = new DnsQuery(name, family, callbacks);
    }
}
