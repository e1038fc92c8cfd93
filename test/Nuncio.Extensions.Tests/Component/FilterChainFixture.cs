using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>A proxy whose chain is filter <c>a</c>, filter <c>b</c>, router; trailers are enabled on both sides; a client and an upstream.</summary>
internal sealed class FilterChainFixture : IDisposable
{
    internal const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private const string TwoFilters = """
        - name: a
          typed_config: { "@type": type.googleapis.com/envoy.config.core.v3.HeaderValue, key: a }
        - name: b
          typed_config: { "@type": type.googleapis.com/envoy.config.core.v3.HeaderValue, key: b }

        """;

    internal FilterChainFixture(
        FilterScript? a = null,
        FilterScript? b = null,
        string hcm = "",
        string? routes = null,
        string? filters = null,
        string listener = "",
        string virtualHost = "",
        string routeConfig = "")
    {
        A = a ?? new FilterScript();
        B = b ?? new FilterScript();
        var scripts = new Dictionary<string, FilterScript> { ["a"] = Sharing(A), ["b"] = Sharing(B) };
        Proxy = ProxyFixture.Http(
            ProxyFixture.ShortLog + "\nhttp_protocol_options: { enable_trailers: true }\n" + hcm,
            routes,
            filters ?? TwoFilters,
            """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http_protocol_options: { enable_trailers: true } }
            """,
            listener,
            virtualHost: virtualHost,
            routeConfig: routeConfig,
            extend: catalog => catalog.Add<Config.Extensibility.IHttpFilterFactory>(new ScriptedFilterFactory(scripts)));
        Server = Proxy.Serve();
        Client = Proxy.Connect();
        Proxy.Run();
    }

    internal ProxyFixture Proxy { get; }

    internal FilterScript A { get; }

    internal FilterScript B { get; }

    internal SimulatedServer Server { get; }

    internal SimulatedPeer Client { get; }

    /// <summary>The calls of both filters, in order.</summary>
    internal List<string> Journal { get; } = [];

    public void Dispose() => Proxy.Dispose();

    /// <summary>Takes what was noted so far.</summary>
    internal string Take()
    {
        string all = string.Join(", ", Journal);
        Journal.Clear();
        return all;
    }

    internal string Send(string text) => Proxy.Exchange(Client, text);

    /// <summary>The contained exceptions were expected.</summary>
    internal void ExpectContained(int count)
    {
        Assert.Equal(count, Proxy.Loop.Contained.Count);
        Proxy.Loop.Contained.Clear();
    }

    private FilterScript Sharing(FilterScript script)
    {
        script.Journal = Journal;
        return script;
    }
}
