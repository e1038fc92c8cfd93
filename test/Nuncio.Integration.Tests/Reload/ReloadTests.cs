using System.Globalization;
using Nuncio.Integration.Tests.Server;
using Nuncio.IO.Files;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Reload;

/// <summary>The configuration file is loaded again while the server runs.</summary>
public sealed class ReloadTests
{
    [Fact]
    public void Post_ChangesWhatDiffers_ConnectionsOfTheRestGoOn()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        int port = server.Port("changes");
        using RawClient stays = server.Connect("stays");
        using RawClient old = server.Connect("changes");
        Assert.Equal("same", stays.Get("/").Body);
        Assert.Equal("one", old.Get("/").Body);

        File.WriteAllText(folder["envoy.yaml"], Config("two"));
        HttpReply reply = server.Admin("/reload", "POST");
        Assert.Equal((200, "listeners changed: changes\n"), (reply.Status, reply.Body));
        Eventually(() => server.Get("changes", "/").Body == "two");
        Assert.Equal(port, server.Port("changes"));
        Assert.Equal("same", stays.Get("/").Body);
        Assert.Equal("one", old.Get("/").Body); // Its chain drains, and answers until it has.
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener_manager.listener_in_place_updated"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener_manager.listener_modified"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("server.config_reload.success"));
        Assert.Contains("two", server.Admin("/config_dump").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void SameFile_ChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        Assert.Equal("nothing differs\n", server.Admin("/reload", "POST").Body);
        Assert.Equal(0, server.Instance.Stats.CounterValue("listener_manager.listener_modified"));
    }

    [Fact]
    public void BadFile_ChangesNothing_AndSaysWhere()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        File.WriteAllText(folder["envoy.yaml"], Config("two").Replace("stat_prefix: changes", "stat_prefixx: changes", StringComparison.Ordinal));
        HttpReply reply = server.Admin("/reload", "POST");
        Assert.Equal(400, reply.Status);
        Assert.Contains("envoy.yaml:", reply.Body, StringComparison.Ordinal);
        Assert.Contains("stat_prefix", reply.Body, StringComparison.Ordinal);
        Assert.Equal("one", server.Get("changes", "/").Body);
        Assert.Equal(1, server.Instance.Stats.CounterValue("server.config_reload.rejected"));
        string shown = server.Admin("/reload").Body;
        Assert.Contains(" refused\n", shown, StringComparison.Ordinal);
        Assert.Contains("stat_prefixx", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void DryRun_TellsAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        File.WriteAllText(folder["envoy.yaml"], Config("two") + "\nnode: { id: other }\n");
        Assert.Equal(
            "would change: listeners changed: changes; differs, but is read at the start only: node\n",
            server.Admin("/reload?dry_run", "POST").Body);
        Assert.Equal("one", server.Get("changes", "/").Body);
        Assert.Equal(0, server.Instance.Stats.CounterValue("server.config_reload.attempt"));
        Assert.Contains("not loaded again", server.Admin("/reload").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void PortOfAnotherProcess_IsRefusedAtItsPlace_AndNothingChanges()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        using var upstream = new ScriptedUpstream();
        File.WriteAllText(folder["envoy.yaml"], Config("two") + Listener("extra", "x", upstream.Port));
        HttpReply reply = server.Admin("/reload", "POST");
        Assert.Equal(400, reply.Status);
        Assert.Contains($"static_resources.listeners[2].address: cannot bind '127.0.0.1:{upstream.Port}': Address already in use", reply.Body, StringComparison.Ordinal);
        Assert.Equal("one", server.Get("changes", "/").Body);
    }

    [Fact]
    public void ListenerAddedAndRemoved()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        File.WriteAllText(folder["envoy.yaml"], Config("one") + Listener("extra", "more"));
        Assert.Equal("listeners added: extra\n", server.Admin("/reload", "POST").Body);
        Eventually(() => server.Instance.Listeners.Listeners.Count == 3);
        Assert.Equal("more", server.Get("extra", "/").Body);
        File.WriteAllText(folder["envoy.yaml"], Config("one"));
        Assert.Equal("listeners removed: extra\n", server.Admin("/reload", "POST").Body);
        Eventually(() => server.Instance.Listeners.Listeners.Count == 2);
    }

    [Fact]
    public void RouteToANewCluster_WorksFromItsFirstRequest()
    {
        using var folder = new TemporaryFolder();
        using var first = new ScriptedUpstream();
        using var second = new ScriptedUpstream();
        using TestServer server = Start(folder, Configs.Http(first.Port));
        File.WriteAllText(folder["envoy.yaml"], Configs.Http(second.Port).Replace("upstream", "fresh", StringComparison.Ordinal));
        Assert.Equal("listeners changed: http; clusters added: fresh; clusters removed: upstream\n", server.Admin("/reload", "POST").Body);
        Eventually(() => server.Instance.Stats.CounterValue("server.config_reload.success") == 1);
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: test\r\n\r\n");
        using RawClient upstream = second.Accept();
        upstream.ReadRequest();
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfresh");
        Assert.Equal("fresh", client.ReadReply().Body);

        // Connections of before may still send requests to it.
        Assert.True(server.Instance.Clusters.Contains("upstream"));
    }

    [Fact]
    public void ListenersWithoutNames_KeepTheirsByTheirAddress()
    {
        using var folder = new TemporaryFolder();
        static string Unnamed(string text) => Listener("\"\"", text).Replace("stat_prefix: \"\"", "stat_prefix: none", StringComparison.Ordinal);
        string head = Configs.Admin() + "static_resources:\n  listeners:\n";
        using TestServer server = Start(folder, head + Unnamed("one") + Unnamed("two"));
        string[] names = [.. server.Instance.Listeners.Listeners.Select(static l => l.Config.Name)];

        File.WriteAllText(folder["envoy.yaml"], head + Unnamed("one") + Unnamed("changed") + Unnamed("third"));
        Assert.Equal(
            $"listeners added: listeners[2] (without a name); listeners changed: {names[1]}\n", server.Admin("/reload", "POST").Body);
        Eventually(() => server.Instance.Listeners.Listeners.Count == 3);
        Assert.Equal(names, server.Instance.Listeners.Listeners.Take(2).Select(static l => l.Config.Name));
        Eventually(() => server.Get(names[1], "/").Body == "changed");
        Assert.Equal("one", server.Get(names[0], "/").Body);
    }

    [Fact]
    public void StoppedListeners_CannotBeBroughtBack()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"));
        server.Admin("/drain_listeners", "POST");
        File.WriteAllText(folder["envoy.yaml"], Config("two"));
        HttpReply reply = server.Admin("/reload", "POST");
        Assert.Equal(400, reply.Status);
        Assert.Contains("static_resources.listeners[1].address: listener 'changes' cannot be added or changed: listeners are stopped", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_FileChangedBetweenLoadAndFirstLook_IsLoaded()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["envoy.yaml"], Config("one"));
        FileStamp asOfTheLoad = FileStamp.Of(folder["envoy.yaml"]);
        File.WriteAllText(folder["envoy.yaml"], Config("two"));
        using TestServer server = TestServer.Start(
            Config("one"), new ServerOptions { ConfigPath = folder["envoy.yaml"], Watch = true }, ServerSeams.Machine with { ConfigStamp = asOfTheLoad });
        Eventually(() => server.Get("changes", "/").Body == "two");
    }

    [Fact]
    public void Watch_NoticesThatALinkLeadsElsewhere()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["1"]);
        Directory.CreateDirectory(folder["2"]);
        File.WriteAllText(Path.Combine(folder["1"], "envoy.yaml"), Config("one"));
        File.WriteAllText(Path.Combine(folder["2"], "envoy.yaml"), Config("two"));
        Directory.CreateSymbolicLink(folder["..data"], "1");
        File.CreateSymbolicLink(folder["envoy.yaml"], "..data/envoy.yaml");
        using TestServer server = TestServer.Start(Config("one"), new ServerOptions { ConfigPath = folder["envoy.yaml"], Watch = true });
        Assert.Equal("one", server.Get("changes", "/").Body);

        Directory.Delete(folder["..data"]);
        Directory.CreateSymbolicLink(folder["..data"], "2");
        Eventually(() => server.Get("changes", "/").Body == "two");
    }

    [Fact]
    public void Watch_BadFileThenGoodOne()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = Start(folder, Config("one"), watch: true);
        File.WriteAllText(folder["envoy.yaml"], "static_resources: [");
        Eventually(() => server.Instance.Stats.CounterValue("server.config_reload.rejected") == 1);
        Assert.Equal("one", server.Get("changes", "/").Body);
        File.WriteAllText(folder["envoy.yaml"], Config("two"));
        Eventually(() => server.Get("changes", "/").Body == "two");
    }

    private static TestServer Start(TemporaryFolder folder, string yaml, bool watch = false)
    {
        File.WriteAllText(folder["envoy.yaml"], yaml);
        return TestServer.Start(yaml, new ServerOptions { ConfigPath = folder["envoy.yaml"], Watch = watch });
    }

    private static void Eventually(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TestServer.Patience));

    private static string Config(string text) => Configs.Admin() + "static_resources:\n  listeners:\n" + Listener("stays", "same") + Listener("changes", text);

    private static string Listener(string name, string text, int port = 0) => $$"""
          - name: {{name}}
            address: { socket_address: { address: 127.0.0.1, port_value: {{port.ToString(CultureInfo.InvariantCulture)}} } }
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: {{name}}
                  route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, direct_response: { status: 200, body: { inline_string: {{text}} } } }] }] }
                  http_filters: [{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }]

        """;
}
