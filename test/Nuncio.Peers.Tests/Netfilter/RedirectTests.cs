using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Netfilter;

/// <summary>Connections that the kernel's netfilter redirects to the proxy, and connections that the proxy makes in the client's name.</summary>
public sealed class RedirectTests
{
    private const string Redirect = """
        table inet nuncio {
          chain prerouting { type nat hook prerouting priority dstnat; tcp dport 8080 redirect to :15001; }
        }
        """;

    /// <summary>Upstream connections are marked; answers to them, which go to the client's address, are routed here by the mark.</summary>
    private const string RouteByMark = """
        table inet nuncio {
          chain output { type route hook output priority mangle; meta mark 123 ct mark set 123; ct mark 123 meta mark set 123; }
        }
        """;

    [Theory]
    [InlineData("TCP:198.51.100.9:8080", "198.51.100.9:8080 10.98.0.1:15001 10.98.0.2\n")]
    [InlineData("TCP:10.98.0.1:15001", "10.98.0.1:15001 10.98.0.1:15001 10.98.0.2\n")]
    [InlineData("TCP6:[2001:db8::9]:8080", "[2001:db8::9]:8080 [fd98::1]:15001 fd98::2\n")]
    public void RedirectedConnection_GetsItsDestinationBack(string to, string log)
    {
        using ClientAndRouter net = new();
        net.Filter(Redirect);
        using Scratch scratch = new();
        using ChildProcess proxy = StartProxy(net, scratch, OriginalDst, Answer("direct"));
        Assert.Equal("direct", Ask(net, to));
        Await.True("the connection is logged", () => File.Exists(scratch.PathOf("log")) && File.ReadAllText(scratch.PathOf("log")) == log, () => proxy.Errors);
        proxy.Terminate();
        proxy.Wait().Good();
    }

    [Fact]
    public void RedirectedConnection_GoesToTheListenerOfItsDestination()
    {
        using ClientAndRouter net = new();
        net.Filter(Redirect);
        using Scratch scratch = new();
        using ChildProcess proxy = StartProxy(net, scratch, OriginalDst, Answer("direct"), "use_original_dst: true", $$"""
              - name: other
                address: { socket_address: { address: 198.51.100.9, port_value: 8080 } }
                bind_to_port: false
                filter_chains:
                - filters:
                  - {{Answer("other")}}
            """);
        Assert.Equal("other", Ask(net, "TCP:198.51.100.9:8080"));
        Assert.Equal("direct", Ask(net, "TCP:198.51.100.10:8080"));
        proxy.Terminate();
        proxy.Wait().Good();
    }

    [Fact]
    public void UpstreamConnection_ComesFromTheClient()
    {
        string socat = PeerProgram.Require("socat");
        using ClientAndRouter net = new();
        net.Filter(RouteByMark);
        net.Route("rule", "add", "fwmark", "123", "lookup", "100");
        net.Route("route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100");
        using Scratch scratch = new();
        using ChildProcess upstream = net.Start(net.Router, socat, "TCP-LISTEN:9000,reuseaddr,fork", "SYSTEM:echo $SOCAT_PEERADDR; cat");
        using ChildProcess proxy = StartProxy(
            net,
            scratch,
            """{ name: src, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc, mark: 123 } }""",
            """{ name: tcp, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: up, max_connect_attempts: 50, backoff_options: { base_interval: 0.1s } } }""");
        Assert.Equal("10.98.0.2\nhello", Ask(net, "TCP:10.98.0.1:15001", "hello"));
        proxy.Terminate();
        proxy.Wait().Good();
    }

    private const string OriginalDst =
        """{ name: dst, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst } }""";

    private static string Answer(string text) =>
        $$"""{ name: answer, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: {{text}} } } }""";

    private static ChildProcess StartProxy(
        ClientAndRouter net, Scratch scratch, string listenerFilter, string filter, string more = "", string listeners = "")
    {
        string file = scratch.Write("nuncio.yaml", $$"""
            static_resources:
              listeners:
            {{listeners}}
              - name: main
                address: { socket_address: { address: "::", port_value: 15001, ipv4_compat: true } }
                {{more}}
                access_log:
                - name: file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: {{scratch.PathOf("log")}}
                    log_format: { text_format_source: { inline_string: "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%\n" } }
                listener_filters:
                - {{listenerFilter}}
                filter_chains:
                - filters:
                  - {{filter}}
              clusters:
              - name: up
                connect_timeout: 5s
                load_assignment:
                  cluster_name: up
                  endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 10.98.0.1, port_value: 9000 } } } }] }]
            """);
        return net.Start(
            net.Router, NuncioProcess.Program, "-c", file, "--concurrency", "1", "--log-level", "warning", "--file-flush-interval-msec", "50");
    }

    /// <summary>What the client is sent; tried again until the proxy listens.</summary>
    private static string Ask(ClientAndRouter net, string to, string text = "")
    {
        string socat = PeerProgram.Require("socat");
        using ChildProcess client = net.Start(net.Client, socat, "-t", "20", "-", to + ",retry=200,interval=0.1");
        client.Send(System.Text.Encoding.UTF8.GetBytes(text));
        client.EndInput();
        return client.Wait().Good().Text;
    }
}
