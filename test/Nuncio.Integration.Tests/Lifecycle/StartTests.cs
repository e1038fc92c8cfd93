using System.Net;
using System.Net.Sockets;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Demo;

namespace Nuncio.Integration.Tests.Lifecycle;

public sealed class StartTests
{
    [Fact]
    public void Demo_ProxiesToItsOwnUpstream()
    {
        var demo = new DemoConfiguration(0, 0, Guid.NewGuid().ToString("N"));
        using TestServer server = TestServer.Start(demo.Yaml);

        HttpReply reply = server.Get("demo", "/");

        Assert.Equal(200, reply.Status);
        Assert.Equal("Hello from the upstream behind Nuncio.\n", reply.Body);
        Assert.NotNull(reply.Header("x-envoy-upstream-service-time"));
        Assert.Equal("Answered by the proxy itself.\n", server.Get("demo", "/direct").Body);
        Assert.Equal(404, server.Get("demo", "/missing").Status);
        Assert.Equal(301, server.Get("demo", "/old/page").Status);
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
    }

    [Fact]
    public void PortTaken_IsAnErrorWithItsPlace()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var errors = new ConfigErrors();

        TestServer? server = TestServer.TryStart($"admin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }}", new ServerOptions(), errors);

        Assert.Null(server);
        ConfigError error = Assert.Single(errors.Items);
        Assert.StartsWith($"--config-yaml:1:10: admin.address: cannot bind '127.0.0.1:{port}': ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralErrors_AreReportedTogether()
    {
        var errors = new ConfigErrors();
        string yaml = Configs.Http(1)
            .Replace("cluster: upstream }", "cluster: upstreem }", StringComparison.Ordinal)
            .Replace("envoy.extensions.filters.http.router.v3.Router", "envoy.extensions.filters.http.lua.v3.Lua", StringComparison.Ordinal);

        TestServer? server = TestServer.TryStart(yaml, new ServerOptions(), errors);

        Assert.Null(server);
        Assert.NotEmpty(errors.Items);
        Assert.All(errors.Items, static e => Assert.True(e.Position is { Line: > 0 }, e.ToString()));
    }

    [Fact]
    public void Validate_SaysOkAndLeavesNoTrace()
    {
        using var folder = new TemporaryFolder();
        string path = folder["envoy.yaml"];
        string log = folder["access.log"];
        string fields = "access_log: [{ name: file, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" + log + "\" } }]";
        File.WriteAllText(path, Configs.Http(1, fields));
        using var output = new StringWriter();
        using var errorOutput = new StringWriter();

        int code = new ServerRunner(new ServerOptions { ConfigPath = path, Mode = RunMode.Validate }, output, errorOutput).Run();

        Assert.Equal("", errorOutput.ToString());
        Assert.Equal(0, code);
        Assert.Equal($"configuration '{path}' OK\n", output.ToString());
        Assert.False(File.Exists(log));
    }

    [Fact]
    public void Validate_ListsAllErrors()
    {
        using var folder = new TemporaryFolder();
        string path = folder["envoy.yaml"];
        File.WriteAllText(path, "admn: {}\nstatic_resources:\n  clusters:\n  - { name: a, typ: STATIC }\n  listners: []\n");
        using var output = new StringWriter();
        using var errorOutput = new StringWriter();

        int code = new ServerRunner(new ServerOptions { ConfigPath = path, Mode = RunMode.Validate }, output, errorOutput).Run();

        string text = errorOutput.ToString();
        Assert.Equal(1, code);
        Assert.Equal("", output.ToString());
        Assert.Contains($"error: {path}:1:1: admn: ", text, StringComparison.Ordinal);
        Assert.Contains($"error: {path}:4:16: static_resources.clusters[0].typ: ", text, StringComparison.Ordinal);
        Assert.Contains($"error: {path}:5:3: static_resources.listners: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void InitOnly_EndsOnceEverythingIsThere()
    {
        using TestServer server = TestServer.TryStart(Configs.Http(1), new ServerOptions { Mode = RunMode.InitOnly }, new ConfigErrors())!;

        server.WaitForEnd();

        Assert.Equal("--mode init_only", server.Instance.Lifecycle.EndReason);
    }

    [Fact]
    public void Node_FlagsWinOverTheBootstrap()
    {
        string yaml = "node: { id: from-file, cluster: from-file }\n" + Configs.Http(1);
        using TestServer server = TestServer.Start(yaml, new ServerOptions { ServiceNode = "from-flag", ServiceZone = "z" });

        string info = server.Admin("/server_info").Body;

        Assert.Contains("\"id\": \"from-flag\"", info, StringComparison.Ordinal);
        Assert.Contains("\"cluster\": \"from-file\"", info, StringComparison.Ordinal);
        Assert.Contains("\"zone\": \"z\"", info, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownFields_AreCountedWhenAllowed()
    {
        var errors = new ConfigErrors();
        LoadedBootstrap? source = ConfigLoader.LoadBootstrap(null, "no_such_field: 1", new LoadOptions { AllowUnknownFields = true }, errors);

        Assert.NotNull(source);
        Assert.Equal(1, source.UnknownFields);
        Assert.True(Composition.Validate(new ServerOptions(), source, Nuncio.Server.Bootstrap.ServerSeams.Machine, errors));
    }

    [Fact]
    public void StatsTags_AreOnEveryStat()
    {
        using TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { StatsTags = [new("team", "blue")] });

        Assert.Contains("envoy_server_live{team=\"blue\"} 1\n", server.Admin("/stats/prometheus?filter=server.live").Body, StringComparison.Ordinal);
    }
}
