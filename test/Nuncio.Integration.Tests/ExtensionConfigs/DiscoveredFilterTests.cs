using Nuncio.Config.Errors;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.ExtensionConfigs;

/// <summary>Filters whose configuration is in a file of its own that changes while the server runs.</summary>
public sealed class DiscoveredFilterTests
{
    private const string Listener = "envoy.extensions.filters.listener.";
    private const string Http = Listener + "http_inspector.v3.HttpInspector";
    private const string Tls = Listener + "tls_inspector.v3.TlsInspector";
    private const string Stats = "extension_config_discovery.tcp_listener_filter.inspect.";

    [Fact]
    public void LinkThatLeadsElsewhere_ChangesTheFilter()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["1"]);
        Directory.CreateDirectory(folder["2"]);
        File.WriteAllText(Path.Combine(folder["1"], "inspect.yaml"), Response(Http));
        File.WriteAllText(Path.Combine(folder["2"], "inspect.yaml"), Response(Tls));
        Directory.CreateSymbolicLink(folder["..data"], "1");
        File.CreateSymbolicLink(folder["inspect.yaml"], "..data/inspect.yaml");
        using TestServer server = TestServer.Start(Config(folder));
        Assert.Equal("http", Ask(server));

        Directory.Delete(folder["..data"]);
        Directory.CreateSymbolicLink(folder["..data"], "2");
        Eventually(() => Ask(server) == "plain");
        Assert.Equal(2, server.Instance.Stats.CounterValue(Stats + "config_reload"));
    }

    [Fact]
    public void BadFileThenGoodOneThenBadOne()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["inspect.yaml"], "resources: []");
        using TestServer server = TestServer.Start(Config(folder));
        Assert.Equal("", Ask(server));
        Assert.Equal(1, server.Instance.Stats.CounterValue(Stats + "config_fail"));
        File.WriteAllText(folder["inspect.yaml"], Response(Http));
        Eventually(() => Ask(server) == "http");
        File.WriteAllText(folder["inspect.yaml"], "{");
        Eventually(() => server.Instance.Stats.CounterValue(Stats + "config_fail") == 2);
        Assert.Equal("http", Ask(server));
    }

    [Theory]
    [InlineData(false, false, 0, 1)]
    [InlineData(false, true, 0, 0)]
    [InlineData(true, false, 1, 0)]
    [InlineData(true, true, 1, 0)]
    public void UnknownField_IsWhatTheCommandLineSays(bool rejects, bool ignores, long failed, long counted)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["inspect.yaml"], Response(Tls).Replace("name: inspect", "name: inspect\n  of_tomorrow: 1", StringComparison.Ordinal));
        using TestServer server = TestServer.Start(
            Config(folder), new ServerOptions { RejectUnknownDynamicFields = rejects, IgnoreUnknownDynamicFields = ignores });
        Assert.Equal(failed, server.Instance.Stats.CounterValue(Stats + "config_fail"));
        Assert.Equal(1 - failed, server.Instance.Stats.CounterValue(Stats + "config_reload"));
        Assert.Equal(counted, server.Instance.Stats.CounterValue("server.dynamic_unknown_fields"));
    }

    [Fact]
    public void WhatIsInEffect_IsInTheDump_WhatIsWrongInTheLog()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["inspect.yaml"], Response(Http));
        using TestServer server = TestServer.Start(Config(folder), new ServerOptions { LogPath = folder["log"] });
        string dump = server.Admin("/config_dump?resource=ecds_filters").Body;
        Assert.Contains("\"version_info\": \"1\"", dump, StringComparison.Ordinal);
        Assert.Contains(Http, dump, StringComparison.Ordinal);

        File.WriteAllText(folder["inspect.yaml"], Response("envoy.extensions.filters.network.echo.v3.Echo"));
        Eventually(() => File.ReadAllText(folder["log"]).Contains("refused", StringComparison.Ordinal));
        string log = File.ReadAllText(folder["log"]);
        Assert.Contains($"filter 'inspect': configuration of '{folder["inspect.yaml"]}' is in effect", log, StringComparison.Ordinal);
        Assert.Contains($"what was in effect stays: {folder["inspect.yaml"]}:5:", log, StringComparison.Ordinal);
        Assert.Contains("resources[0].typed_config: found the type \"envoy.extensions.filters.network.echo.v3.Echo\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatDoesNotExist_IsAnErrorAtTheStart()
    {
        using var folder = new TemporaryFolder();
        var errors = new ConfigErrors();
        Assert.Null(TestServer.TryStart(Config(folder), new ServerOptions(), errors));
        Assert.EndsWith(
            $"listener_filters[0].config_discovery.config_source.path_config_source.path: found \"{folder["inspect.yaml"]}\", expected the path of a file that exists",
            Assert.Single(errors.Items).ToString(),
            StringComparison.Ordinal);
    }

    private static string Ask(TestServer server)
    {
        using RawClient client = server.Connect("tcp");
        client.Send("GET / HTTP/1.1\r\n\r\n");
        return client.ReadToEnd();
    }

    private static void Eventually(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TestServer.Patience));

    private static string Response(string type) => $$"""
        version_info: "1"
        resources:
        - "@type": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
          name: inspect
          typed_config: { "@type": type.googleapis.com/{{type}} }
        """;

    private static string Config(TemporaryFolder folder) => $$"""
        {{Configs.Admin()}}
        static_resources:
          listeners:
          - name: tcp
            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
            listener_filters:
            - name: inspect
              config_discovery:
                config_source: { path_config_source: { path: {{folder["inspect.yaml"]}}, watched_directory: { path: {{folder[""]}} } } }
                type_urls: [{{Http}}, {{Tls}}]
            filter_chains:
            - filter_chain_match: { application_protocols: [http/1.1] }
              filters: [{ name: answer, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: http } } }]
            - filters: [{ name: answer, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: plain } } }]
        """;
}
