using System.Net;
using System.Net.Sockets;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Examples;

/// <summary>Every example starts and does what its README says. <c>http-proxy</c> and <c>tcp-proxy</c> are with the tests against real peers.</summary>
public sealed class ExampleTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";

    [Fact]
    public void Quickstart_ForwardsAndCounts()
    {
        using var service = new ScriptedUpstream();
        using TestServer server = Example.Start("quickstart", service.Port);
        using RawClient client = server.Connect("http");
        client.Send("GET /some/page HTTP/1.1\r\nhost: test\r\n\r\n");
        using RawClient behind = service.Accept();
        Assert.Equal("GET /some/page HTTP/1.1", behind.ReadRequest().FirstLine);
        behind.Send(Ok);
        HttpReply reply = client.ReadReply();

        Assert.Equal("ok\n", reply.Body);
        Assert.Equal("envoy", reply.Header("server"));
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
        Assert.Equal("1", server.Stat("cluster.service.upstream_rq_200"));
    }

    [Fact]
    public void Quickstart_WithoutTheService_SaysWhy()
    {
        int port;
        using (var gone = new ScriptedUpstream())
        {
            port = gone.Port;
        }

        using TestServer server = Example.Start("quickstart", port);
        HttpReply reply = server.Get("http", "/");
        Assert.Equal(503, reply.Status);
        Assert.StartsWith(
            "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemd_ForwardsAndItsUnitsNameWhatThereIs()
    {
        using var service = new ScriptedUpstream();
        using TestServer server = Example.Start("systemd", service.Port);
        using RawClient client = server.Connect("http");
        client.Send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
        using RawClient behind = service.Accept();
        behind.ReadRequest();
        behind.Send(Ok);
        Assert.Equal(200, client.ReadReply().Status);

        string start = Example.Read("systemd", "nuncio.service").Split('\n').First(static l => l.StartsWith("ExecStart=", StringComparison.Ordinal));
        Assert.NotNull(CommandLineParser.Parse(start.Split(' ')[1..]).Options);
        Assert.Contains("ListenStream=127.0.0.1:10000\n", Example.Read("systemd", "nuncio.socket"), StringComparison.Ordinal);
    }

    [Fact]
    public void AccessLogs_HaveWhatTheirFiltersLetThrough()
    {
        using var folder = new TemporaryFolder();
        using (TestServer server = Example.Start(
            "access-logs", replace: [("/dev/stdout", folder["lines"]), ("/tmp/nuncio-failures.json", folder["failures"])]))
        {
            using RawClient client = server.Connect("http");
            Assert.Equal("hello\n", client.Get("/").Body);
            Assert.Equal(200, client.Get("/healthz").Status);
            Assert.Equal("short and stout\n", client.Get("/teapot").Body);
            Assert.Equal(503, client.Get("/broken").Status);
        }

        string[] lines = File.ReadAllLines(folder["lines"]);
        string[] failures = File.ReadAllLines(folder["failures"]);
        Assert.Equal(3, lines.Length);
        Assert.Contains("\"GET / HTTP/1.1\" 200 - 0 6 ", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"GET /teapot HTTP/1.1\" 418 - 0 16 ", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"GET /broken HTTP/1.1\" 503 UF ", lines[2], StringComparison.Ordinal);
        Assert.Equal(2, failures.Length);
        Assert.Contains("\"details\":\"direct_response\",\"flags\":\"-\"", failures[0], StringComparison.Ordinal);
        Assert.Contains("\"status\":418", failures[0], StringComparison.Ordinal);
        Assert.Contains("\"upstream\":{\"cluster\":null,\"host\":null}", failures[0], StringComparison.Ordinal);
        Assert.Contains("\"flags\":\"UF\"", failures[1], StringComparison.Ordinal);
        Assert.Contains("\"cluster\":\"nobody\"", failures[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/about", "", "blue: blue.internal/about for 127.0.0.1\n")]
    [InlineData("/about", "x-version: v2\r\n", "green: shop.example.com/about\n")]
    [InlineData("/item/42", "", "blue: shop.example.com/items?id=42 for -\n")]
    [InlineData("/cartoon", "", "blue: blue.internal/cartoon for 127.0.0.1\n")]
    [InlineData("/about", "x-client: forged\r\n", "blue: blue.internal/about for 127.0.0.1\n")]
    public void Routing_SendsRequestsWhereTheyBelong(string path, string headers, string body)
    {
        using TestServer server = Example.Start("routing");
        HttpReply reply = Ask(server, "shop.example.com", path, headers);
        Assert.Equal(body, reply.Body);
        Assert.Equal("nuncio", reply.Header("x-routed-by"));
    }

    [Fact]
    public void Routing_RedirectsWeighsAndKnowsItsHosts()
    {
        using TestServer server = Example.Start("routing");
        HttpReply moved = Ask(server, "www.shop.example.com", "/old/page", "");
        Assert.Equal(308, moved.Status);
        Assert.Equal("http://www.shop.example.com/new/page", moved.Header("location"));
        Assert.Equal(404, Ask(server, "example.com", "/", "").Status);

        Assert.Equal("OK\n", server.Admin("/runtime_modify?canary.blue=0&canary.green=100", "POST").Body);
        Assert.Equal("green: shop.example.com/basket/7\n", Ask(server, "shop.example.com", "/cart/7", "").Body);
        Assert.Equal("OK\n", server.Admin("/runtime_modify?canary.blue=100&canary.green=0", "POST").Body);
        Assert.Equal("blue: shop.example.com/basket/7 for -\n", Ask(server, "shop.example.com", "/cart/7", "").Body);
    }

    [Fact]
    public void DirectResponse_AnswersBySelf()
    {
        using TestServer server = Example.Start("direct-response");
        HttpReply robots = server.Get("http", "/robots.txt");
        Assert.Equal("User-agent: *\nDisallow: /\n", robots.Body);
        Assert.Equal("max-age=86400", robots.Header("cache-control"));
        HttpReply self = Ask(server, "test", "/whoami", "user-agent: tester\r\n");
        Assert.Equal("{\"address\":\"127.0.0.1\",\"agent\":\"tester\",\"path\":\"/whoami\"}\n", self.Body);
        Assert.Equal("application/json", self.Header("content-type"));
        HttpReply closed = server.Get("http", "/closed/today");
        Assert.Equal(503, closed.Status);
        Assert.Equal("3600", closed.Header("retry-after"));
        Assert.Equal("https://test/secure/a", server.Get("http", "/secure/a").Header("location"));
        HttpReply nothing = server.Get("http", "/else");
        Assert.Equal(404, nothing.Status);
        Assert.Equal("There is nothing here.\n", nothing.Body);
        using RawClient tcp = server.Connect("tcp");
        Assert.Equal("220 closed for today\r\n", tcp.ReadToEnd());
    }

    [Theory]
    [InlineData("/page", "all-addresses")]
    [InlineData("/one/page", "one-address")]
    public void DnsUpstream_FindsTheServiceByItsName(string path, string cluster)
    {
        using var service = new ScriptedUpstream();
        using TestServer server = Example.Start("dns-upstream", service.Port);
        using RawClient client = server.Connect("http");
        client.Send($"GET {path} HTTP/1.1\r\nhost: somebody\r\n\r\n");
        using RawClient behind = service.Accept();
        HttpReply request = behind.ReadRequest();
        behind.Send(Ok);

        Assert.Equal("GET /page HTTP/1.1", request.FirstLine);
        Assert.Equal("localhost", request.Header("host"));
        Assert.Equal("ok\n", client.ReadReply().Body);
        Assert.Equal("1", server.Stat($"cluster.{cluster}.update_success"));
        Assert.Contains($"{cluster}::127.0.0.1:{service.Port}::hostname::localhost\n", server.Admin("/clusters").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void CircuitBreakers_LetOneWaitAndRefuseTheNext()
    {
        using var service = new ScriptedUpstream();
        using TestServer server = Example.Start("circuit-breakers", service.Port, workers: 1);
        using RawClient first = server.Connect("http");
        using RawClient second = server.Connect("http");
        using RawClient third = server.Connect("http");
        first.Send("GET /first HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = service.Accept();
        Assert.Equal("GET /first HTTP/1.1", behind.ReadRequest().FirstLine);
        second.Send("GET /second HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.True(SpinWait.SpinUntil(() => server.Stat("cluster.service.circuit_breakers.default.remaining_pending") == "0", TestServer.Patience));
        HttpReply refused = third.Get("/third");
        Assert.Equal(503, refused.Status);
        Assert.Equal("true", refused.Header("x-envoy-overloaded"));
        Assert.Equal("upstream connect error or disconnect/reset before headers. reset reason: overflow", refused.Body);

        // The important one has limits, and so a connection, of its own.
        third.Send("GET /important HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient important = service.Accept();
        Assert.Equal("GET /important HTTP/1.1", important.ReadRequest().FirstLine);
        important.Send(Ok);
        Assert.Equal("ok\n", third.ReadReply().Body);

        behind.Send(Ok);
        Assert.Equal("ok\n", first.ReadReply().Body);
        Assert.Equal("GET /second HTTP/1.1", behind.ReadRequest().FirstLine);
        behind.Send(Ok);
        Assert.Equal("ok\n", second.ReadReply().Body);
        Assert.Equal("1", server.Stat("cluster.service.upstream_rq_pending_overflow"));
    }

    [Fact]
    public void Overload_FollowsTheNumberInTheFile()
    {
        using var folder = new TemporaryFolder();
        string pressure = folder["pressure"];
        File.WriteAllText(pressure, "0");
        using TestServer server = Example.Start("overload", replace: [("/tmp/nuncio-pressure", pressure), ("refresh_interval: 0.25s", "refresh_interval: 0.01s")]);
        Assert.Equal("hello\n", server.Get("http", "/").Body);
        File.WriteAllText(pressure, "0.85");
        Assert.True(SpinWait.SpinUntil(() => server.Get("http", "/").Header("connection") == "close", TestServer.Patience));
        Assert.Equal("1", server.Stat("overload.envoy.overload_actions.reduce_timeouts.active"));
        File.WriteAllText(pressure, "1");
        Assert.True(SpinWait.SpinUntil(() => server.Get("http", "/").Body == "envoy overloaded", TestServer.Patience));
        File.WriteAllText(pressure, "0");
        Assert.True(SpinWait.SpinUntil(() => server.Get("http", "/") is { Status: 200 } reply && reply.Header("connection") is null, TestServer.Patience));
    }

    [Fact]
    public void UdpProxy_ForwardsBothWaysAndCounts()
    {
        using var service = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using TestServer server = Example.Start("udp-proxy", ((IPEndPoint)service.Client.LocalEndPoint!).Port);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Client.ReceiveTimeout = service.Client.ReceiveTimeout = (int)TestServer.Patience.TotalMilliseconds;
        client.Connect(new IPEndPoint(IPAddress.Loopback, server.Port("udp")));
        IPEndPoint? session = null;
        for (int i = 0; i < 3; i++)
        {
            client.Send("hello"u8);
            Assert.Equal("hello"u8, service.Receive(ref session));
            service.Send("and back"u8, session);
            Assert.Equal("and back"u8, client.Receive(ref session));
        }

        Assert.Equal("1", server.Stat("udp.service.downstream_sess_total"));
        Assert.Equal("3", server.Stat("cluster.service.udp.sess_rx_datagrams"));
    }

    [Fact]
    public void Reload_ChangesTheGreetingAndRefusesTheMistake()
    {
        using var folder = new TemporaryFolder();
        string text = Example.Read("reload", "nuncio.yaml")
            .Replace("port_value: 10000", "port_value: 0", StringComparison.Ordinal)
            .Replace("port_value: 10001", "port_value: 0", StringComparison.Ordinal)
            .Replace("port_value: 9901", "port_value: 0", StringComparison.Ordinal);
        File.WriteAllText(folder["nuncio.yaml"], text);
        using TestServer server = TestServer.Start(text, new ServerOptions { ConfigPath = folder["nuncio.yaml"], Watch = true });
        Assert.Equal("hello\n", server.Get("greeting", "/").Body);
        File.WriteAllText(folder["nuncio.yaml"], text.Replace("hello", "good evening", StringComparison.Ordinal));
        Assert.True(SpinWait.SpinUntil(() => server.Get("greeting", "/").Body == "good evening\n", TestServer.Patience));
        File.WriteAllText(folder["nuncio.yaml"], text.Replace("prefix:", "prefixx:", StringComparison.Ordinal));
        Assert.True(SpinWait.SpinUntil(() => server.Stat("server.config_reload.rejected") == "1", TestServer.Patience));
        Assert.Equal("good evening\n", server.Get("greeting", "/").Body);
        Assert.Contains("did you mean", server.Admin("/reload").Body, StringComparison.Ordinal);
    }

    private static HttpReply Ask(TestServer server, string host, string path, string headers)
    {
        using RawClient client = server.Connect("http");
        client.Send($"GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n");
        return client.ReadReply();
    }
}
