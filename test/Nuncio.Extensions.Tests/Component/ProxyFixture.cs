using Nuncio.Base.Stats;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Config.Overload;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.Overload;
using Nuncio.Core.Runtime;
using Nuncio.Testing.Network;
using Bootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>
/// The whole proxy, from YAML to bytes, over the simulated network and clock: one main dispatcher, one worker. The test plays
/// clients and upstreams, and moves time.
/// </summary>
internal sealed class ProxyFixture : IDisposable
{
    /// <summary>Where the usual listener listens.</summary>
    internal const string Listener = "10.0.0.1:10000";

    /// <summary>Where the usual upstream listens.</summary>
    internal const string Upstream = "10.0.0.2:8080";

    private readonly AccessLogFlusher _flusher;
    private readonly FactoryContext _context;

    /// <summary>Routes that answer <c>/alive</c> without an upstream and send the rest to the usual one.</summary>
    internal const string AliveRoutes = """
        - match: { path: /alive }
          direct_response: { status: 200, body: { inline_string: alive } }
        - match: { prefix: / }
          route: { cluster: up }
        """;

    /// <summary>An access log at <c>/log</c>: status, flags, details, body bytes received and sent, upstream.</summary>
    internal const string ShortLog = """
        access_log:
        - name: file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: /log
            log_format: { text_format_source: { inline_string: "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT%\n" } }
        """;

    internal ProxyFixture(string bootstrapYaml, int workers = 1, Action<ExtensionCatalog>? extend = null, Dictionary<string, int>? runtime = null)
    {
        Runtime = new LayeredRuntime([new RuntimeLayer("static", Layer(runtime)), new RuntimeLayer("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true)]);
        Loop = new SimulatedLoop(workers + 1);
        Stats = new StatsStore(workers + 1);
        _flusher = new AccessLogFlusher(new AccessLogOptions(), Logs, Loop.Clock, Stats);
        var errors = new ConfigErrors();
        LoadedMessage<Bootstrap> loaded = ConfigText.Load<Bootstrap>(bootstrapYaml, errors) ?? throw Failed(errors);
        ConfigScope scope = loaded.Root(errors).Field("static_resources");
        var catalog = new ExtensionCatalog();
        BuiltInExtensions.AddTo(catalog);
        extend?.Invoke(catalog);
        IReadOnlyList<ClusterConfig> clusters = ClusterConverter.ConvertAll(loaded.Message.StaticResources.Clusters, scope.Field("clusters"));
        var context = _context = new FactoryContext
        {
            Extensions = catalog,
            Stats = Stats,
            MainDispatcher = Loop.Dispatcher,
            AccessLogs = _flusher,
            Runtime = Runtime,
            ServiceNode = "node-1",
            ServiceCluster = "front",
        };
        context.ExtensionConfigs.Log = ExtensionConfigLog;
        var contexts = new List<WorkerContext>();
        for (int i = 1; i <= workers; i++)
        {
            contexts.Add(new WorkerContext(Loop.Dispatchers[i], Stats));
        }

        Workers = contexts;
        Clusters = new ClusterManager(Loop.Dispatcher, Stats.Root(), contexts, new NoDns());
        foreach (ClusterConfig cluster in clusters)
        {
            Clusters.AddOrUpdate(cluster);
        }

        OverloadConfig overload = OverloadConverter.Convert(loaded.Message.OverloadManager, context, loaded.Root(errors).Field("overload_manager"));
        new OverloadManager(overload, Loop.Dispatcher, contexts, Stats.Root(), Runtime).Start();
        Listeners = new ListenerManager(Loop.Dispatcher, contexts, Stats.Root(), Runtime);
        for (int i = 0; i < loaded.Message.StaticResources.Listeners.Count; i++)
        {
            ListenerConfig? listener = ListenerConverter.Convert(
                loaded.Message.StaticResources.Listeners[i], context, scope.Field("listeners").Item(i));
            if (listener is not null)
            {
                Assert.Null(Listeners.AddOrUpdate(listener));
            }
        }

        if (errors.Any)
        {
            throw Failed(errors);
        }

        Listeners.Start();
        Loop.RunUntilIdle();
    }

    internal SimulatedLoop Loop { get; }

    internal StatsStore Stats { get; }

    internal LayeredRuntime Runtime { get; }

    internal MemoryLogFiles Logs { get; } = new();

    /// <summary>What was logged of filters whose configuration is discovered.</summary>
    internal RecordedExtensionConfigLog ExtensionConfigLog { get; } = new();

    /// <summary>Files that are followed for filters' configuration.</summary>
    internal int FollowedFiles => _context.ExtensionConfigs.Count;

    internal ClusterManager Clusters { get; }

    internal ListenerManager Listeners { get; }

    internal IReadOnlyList<WorkerContext> Workers { get; }

    public void Dispose()
    {
        Assert.Empty(Loop.Contained);
        _flusher.Dispose();
        Loop.Dispose();
    }

    /// <summary>A listener's configuration from YAML, for a change while the proxy runs.</summary>
    internal ListenerConfig ConvertListener(string yaml)
    {
        var errors = new ConfigErrors();
        LoadedMessage<Envoy.Config.Listener.V3.Listener> loaded = ConfigText.Load<Envoy.Config.Listener.V3.Listener>(yaml, errors) ?? throw Failed(errors);
        return ListenerConverter.Convert(loaded.Message, _context, loaded.Root(errors)) ?? throw Failed(errors);
    }

    /// <summary>Adds or changes a listener and runs until all workers have it; null or what went wrong.</summary>
    internal string? Update(string yaml)
    {
        string? error = Listeners.AddOrUpdate(ConvertListener(yaml));
        Loop.RunUntilIdle();
        return error;
    }

    /// <summary>A proxy with one HTTP listener in front of the usual upstream. The fragments are YAML, indented by nothing.</summary>
    internal static ProxyFixture Http(
        string hcm = "",
        string? routes = null,
        string filters = "",
        string cluster = "",
        string listener = "",
        string router = "",
        string virtualHost = "",
        Action<ExtensionCatalog>? extend = null,
        string routeConfig = "",
        Dictionary<string, int>? runtime = null) =>
        new(HttpYaml(hcm, routes, filters, cluster, listener, router, virtualHost, routeConfig), extend: extend, runtime: runtime);

    internal static string HttpYaml(
        string hcm = "",
        string? routes = null,
        string filters = "",
        string cluster = "",
        string listener = "",
        string router = "",
        string virtualHost = "",
        string routeConfig = "") =>
        $$"""
        static_resources:
          listeners:
          - name: web
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{Indent(listener, 4)}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: web
        {{Indent(hcm, 10)}}
                  http_filters:
        {{Indent(filters, 10)}}
                  - name: router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        {{Indent(router, 14)}}
                  route_config:
        {{Indent(routeConfig, 12)}}
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
        {{Indent(virtualHost, 14)}}
                      routes:
        {{Indent(routes ?? AliveRoutes, 14)}}
          clusters:
          - name: up
            connect_timeout: 1s
        {{Indent(cluster, 4)}}
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 10.0.0.2, port_value: 8080 } } }
        """;

    /// <summary>A client connection to the usual listener.</summary>
    internal SimulatedPeer Connect(string from = "192.0.2.7") => Loop.Network.Connect(Listener, from);

    /// <summary>The usual upstream begins to listen.</summary>
    internal SimulatedServer Serve() => Loop.Network.Listen(Upstream);

    /// <summary>Sends text and runs until nothing more happens; returns what came back.</summary>
    internal string Exchange(SimulatedPeer peer, string text)
    {
        peer.Write(text);
        Loop.RunUntilIdle();
        return peer.ReadText();
    }

    /// <summary>The status line and headers of one response, and its body.</summary>
    internal static (string Head, string Body) Split(string response)
    {
        int end = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"no whole head in: {response}");
        return (response[..(end + 2)], response[(end + 4)..]);
    }

    /// <summary>What our own answer of this status looks like, with a body of type text/plain.</summary>
    internal void AssertLocalReply(string response, string statusLine, string body, bool closes = false)
    {
        (string head, string found) = Split(response);
        Assert.StartsWith($"HTTP/1.1 {statusLine}\r\n", head);
        Assert.Equal(body, found);
        Assert.Equal(body.Length > 0, head.Contains("\r\ncontent-type: text/plain\r\n", StringComparison.Ordinal));
        Assert.Contains($"\r\ncontent-length: {body.Length}\r\n", head);
        Assert.Equal(closes, head.Contains("\r\nconnection: close\r\n", StringComparison.Ordinal));
    }

    /// <summary>Another client is served as if nothing had happened.</summary>
    internal void AssertServesOthers()
    {
        SimulatedPeer other = Connect("192.0.2.99");
        (string head, string body) = Split(Exchange(other, "GET /alive HTTP/1.1\r\nHost: other\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        Assert.Equal("alive", body);
        other.Close();
        Run();
    }

    /// <summary>A whole exchange of another client through the upstream.</summary>
    internal void AssertForwardsOthers(SimulatedServer server)
    {
        SimulatedPeer other = Connect("192.0.2.99");
        Exchange(other, "GET /other HTTP/1.1\r\nHost: other\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        Assert.StartsWith("GET /other ", upstream.ReadText());
        Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.EndsWith("\r\n\r\nok", other.ReadText());
    }

    internal void Run() => Loop.RunUntilIdle();

    internal void Advance(TimeSpan by) => Loop.Advance(by);

    internal long Counter(string name) => Stats.CounterValue(name);

    internal long Gauge(string name) => Stats.GaugeValue(name);

    /// <summary>What was logged to a path so far.</summary>
    internal string Log(string path)
    {
        Loop.RunUntilIdle();
        _flusher.Flush();
        return Logs[path];
    }

    internal static string Indent(string text, int spaces)
    {
        if (text.Length == 0)
        {
            return "";
        }

        string pad = new(' ', spaces);
        return pad + text.TrimEnd('\n').ReplaceLineEndings("\n" + pad);
    }

    private static Dictionary<string, RuntimeEntry> Layer(Dictionary<string, int>? values)
    {
        var layer = new Dictionary<string, RuntimeEntry>();
        foreach ((string key, int value) in values ?? [])
        {
            layer[key] = RuntimeEntry.FromOperator(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return layer;
    }

    private static InvalidOperationException Failed(ConfigErrors errors) => new(string.Join('\n', errors.Items));

    private sealed class NoDns : DnsResolver
    {
        public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks) =>
            throw new InvalidOperationException("these tests have no names to resolve");
    }
}
