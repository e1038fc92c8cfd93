using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Listener filters whose configuration comes from a file that changes while the proxy runs.</summary>
public sealed class ListenerFilterDiscoveryTests
{
    private const string Http = "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector";
    private const string Tls = "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";
    private const string Stats = "extension_config_discovery.tcp_listener_filter.inspect.";
    private const string Request = "GET / HTTP/1.1\r\n\r\n";

    [Fact]
    public void File_IsUsed_AndFollowed()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file), workers: 2);
        Assert.Equal("http", Ask(proxy));
        Assert.Equal((1, 0), (proxy.Counter(Stats + "config_reload"), proxy.Counter(Stats + "config_fail")));

        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls, version: "2"));
        Assert.Equal("plain", Ask(proxy));
        Assert.Equal(2, proxy.Counter(Stats + "config_reload"));
        Assert.Equal(2, proxy.Counter(Stats + "update_success"));
        Assert.Empty(proxy.ExtensionConfigLog.Lines);
    }

    [Fact]
    public void SocketThatIsWithAFilter_StaysWithIt()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        SimulatedPeer waits = proxy.Connect();
        proxy.Run();
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls));
        Assert.Equal("http", proxy.Exchange(waits, Request));
        Assert.Equal("plain", Ask(proxy));
    }

    [Fact]
    public void EqualConfig_IsNoReload()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Http, version: "2"));
        Assert.Equal((1, 2), (proxy.Counter(Stats + "config_reload"), proxy.Counter(Stats + "update_success")));
    }

    [Fact]
    public void NoConfigYet_ClosesAndCounts_UntilThereIsOne()
    {
        using var file = new DiscoveryFile("resources: [");
        using var proxy = new ProxyFixture(Config(file));
        SimulatedPeer early = proxy.Connect();
        proxy.Run();
        Assert.True(early.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.10.0.0.1_10000.extension_config_missing"));
        Assert.Equal(0, proxy.Counter("listener.10.0.0.1_10000.downstream_cx_total"));
        Assert.Equal((0, 1), (proxy.Counter(Stats + "config_reload"), proxy.Counter(Stats + "config_fail")));
        Assert.Contains($"inspect: {file.Path}:", Assert.Single(proxy.ExtensionConfigLog.Lines), StringComparison.Ordinal);

        file.Replace(proxy, DiscoveryFile.Holding("inspect", Http));
        Assert.Equal("http", Ask(proxy));
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_pre_cx_active"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DefaultConfig_IsUsedUntilThereIsAnother(bool withoutWarming)
    {
        using var file = new DiscoveryFile("resources: []");
        string more = $$"""default_config: { "@type": type.googleapis.com/{{Http}} }, apply_default_config_without_warming: {{(withoutWarming ? "true" : "false")}},""";
        using var proxy = new ProxyFixture(Config(file, more));
        Assert.Equal("http", Ask(proxy));
        Assert.Equal((1, 1, 0), (proxy.Counter(Stats + "config_fail"), proxy.Counter(Stats + "update_rejected"), proxy.Counter(Stats + "update_failure")));

        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls));
        Assert.Equal("plain", Ask(proxy));
    }

    [Theory]
    [InlineData("not: [yaml", "2:1: ")]
    [InlineData("resources: []", "1:1: resources: holds no configuration of the filter \"inspect\"; found none")]
    public void BadFile_LeavesTheOldConfig(string bad, string error)
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        file.Replace(proxy, bad);
        Assert.Equal("http", Ask(proxy));
        Assert.Equal((1, 1), (proxy.Counter(Stats + "config_reload"), proxy.Counter(Stats + "config_fail")));
        Assert.StartsWith($"inspect: {file.Path}:{error}", Assert.Single(proxy.ExtensionConfigLog.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_LeavesTheOldConfig()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        File.Delete(file.Path);
        proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("http", Ask(proxy));
        Assert.Equal($"inspect: {file.Path}: the file does not exist", Assert.Single(proxy.ExtensionConfigLog.Lines));
        Assert.Equal(1, proxy.Counter(Stats + "update_failure"));
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls));
        Assert.Equal("plain", Ask(proxy));
    }

    [Theory]
    [InlineData("inspect", "envoy.extensions.filters.listener.original_dst.v3.OriginalDst", "", ":5:3: resources[0].typed_config: found the type \"envoy.extensions.filters.listener.original_dst.v3.OriginalDst\", expected one of the filter's type_urls: " + Http + ", " + Tls)]
    [InlineData("other", Http, "", ":2:1: resources: holds no configuration of the filter \"inspect\"; found \"other\"")]
    [InlineData("inspect", Tls, "max_client_hello_size: 1", ":7:28: resources[0].typed_config.max_client_hello_size: found 1, expected more than 255 and at most 16384")]
    public void WrongResource_IsRefusedAtItsPlace(string name, string type, string fields, string error)
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        file.Replace(proxy, DiscoveryFile.Holding(name, type, fields));
        Assert.Equal("http", Ask(proxy));
        Assert.Equal($"inspect: {file.Path}{error}", Assert.Single(proxy.ExtensionConfigLog.Lines));
        Assert.Equal(1, proxy.Counter(Stats + "config_fail"));
    }

    [Fact]
    public void SeveralFilters_ShareAFile_AndResourcesMayBeWrapped()
    {
        string content = "resources:\n" + DiscoveryFile.Resource("somebody-else", Tls) + $$"""
            - "@type": type.googleapis.com/envoy.service.discovery.v3.Resource
              name: inspect
              version: "7"
              resource:
                "@type": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
                name: inspect
                typed_config: { "@type": type.googleapis.com/{{Http}} }
            """;
        using var file = new DiscoveryFile(content);
        using var proxy = new ProxyFixture(Config(file));
        Assert.Equal("http", Ask(proxy));
    }

    [Fact]
    public void SameFilterTwice_IsRefused()
    {
        using var file = new DiscoveryFile("resources:\n" + DiscoveryFile.Resource("inspect", Tls) + DiscoveryFile.Resource("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        Assert.Contains("resources[1].name: found \"inspect\" for the second time", Assert.Single(proxy.ExtensionConfigLog.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownField_IsLetPassAndCounted()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Tls, "of_tomorrow: true"));
        using var proxy = new ProxyFixture(Config(file));
        Assert.Equal("plain", Ask(proxy));
        Assert.Equal(1, proxy.Counter("server.dynamic_unknown_fields"));
        Assert.Contains("of_tomorrow", Assert.Single(proxy.ExtensionConfigLog.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nonexistent/file.yaml", "", "path_config_source.path: found \"/nonexistent/file.yaml\", expected the path of a file that exists")]
    [InlineData(null, "apply_default_config_without_warming: true,", "apply_default_config_without_warming: is set, and there is no default_config; expected one")]
    [InlineData(null, "default_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst },", "default_config: found the type \"envoy.extensions.filters.listener.original_dst.v3.OriginalDst\", expected one of the filter's type_urls: ")]
    [InlineData(null, "default_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo },", "default_config: found the type ")]
    public void WrongDiscovery_IsRefusedAtItsPlace(string? path, string more, string error)
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture("static_resources: {}");
        string yaml = Listener(file, "wrong", 10001, more).Replace(file.Path, path ?? file.Path, StringComparison.Ordinal);
        string found = Assert.Throws<InvalidOperationException>(() => proxy.ConvertListener(yaml)).Message;
        Assert.Contains("text.yaml:5:", found, StringComparison.Ordinal);
        Assert.Contains(": listener_filters[0].config_discovery.", found, StringComparison.Ordinal);
        Assert.Contains(error, found, StringComparison.Ordinal);
    }

    [Fact]
    public void FilterOfAUdpListener_IsRefused()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture("static_resources: {}");
        string yaml = $$"""
            address: { socket_address: { protocol: UDP, address: 10.0.0.1, port_value: 53 } }
            listener_filters:
            - name: inspect
              config_discovery: { config_source: { path: {{file.Path}} }, type_urls: [{{Http}}] }
            """;
        Assert.Equal(
            "text.yaml:4:3: listener_filters[0].config_discovery: is not supported by this version for UDP listeners",
            Assert.Throws<InvalidOperationException>(() => proxy.ConvertListener(yaml)).Message);
    }

    [Fact]
    public void SecondListener_SharesTheSubscription_UnlessItMayNotHaveTheType()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture(Config(file));
        Assert.Null(proxy.Update(Listener(file, "same", 10001)));
        Assert.Equal("http", Ask(proxy, 10001));
        Assert.Equal((1, 0), (proxy.FollowedFiles, proxy.Counter(Stats + "config_conflict")));

        Assert.Null(proxy.Update(Listener(file, "other", 10002, types: Tls, more: $$"""default_config: { "@type": type.googleapis.com/{{Tls}} },""")));
        Assert.Equal("plain", Ask(proxy, 10002));
        Assert.Equal((1, 1), (proxy.FollowedFiles, proxy.Counter(Stats + "config_conflict")));

        // What all can use goes to all, what one cannot goes to none.
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls));
        Assert.Equal(("plain", "plain"), (Ask(proxy), Ask(proxy, 10001)));
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Http));
        Assert.Equal(("plain", "plain"), (Ask(proxy), Ask(proxy, 10001)));
        Assert.Equal(1, proxy.Counter(Stats + "config_fail"));
    }

    [Fact]
    public void ListenerUpdatedInPlace_ItsFilterIsStillFollowed()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(1);
        proxy.Update(Listener(file, "tcp", 10000));
        proxy.Update(Listener(file, "tcp", 10000).Replace("inline_string: plain", "inline_string: other", StringComparison.Ordinal));
        Assert.Equal(1, proxy.Counter("listener_manager.listener_in_place_updated"));
        proxy.Advance(TimeSpan.FromSeconds(2));
        GC.Collect();
        Assert.Equal("http", Ask(proxy));
        file.Replace(proxy, DiscoveryFile.Holding("inspect", Tls));
        Assert.Equal("other", Ask(proxy));
        Assert.Equal(1, proxy.FollowedFiles);
    }

    [Fact]
    public void ListenerThatIsOnlyConverted_LooksAtNothing()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.ConvertListener(Listener(file, "checked", 10001));
        Assert.Equal(0, proxy.FollowedFiles);
    }

    [Fact]
    public void LastListenerRemovedAndDrained_EndsTheSubscription()
    {
        using var file = new DiscoveryFile(DiscoveryFile.Holding("inspect", Http));
        using var proxy = new ProxyFixture("static_resources: {}");
        proxy.Listeners.DrainTime = TimeSpan.FromSeconds(30);
        proxy.Update(Listener(file, "goes", 10001));
        Assert.Equal(1, proxy.FollowedFiles);
        proxy.Listeners.Remove("goes");
        proxy.Advance(TimeSpan.FromSeconds(31));
        proxy.Run();
        GC.Collect();
        proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, proxy.FollowedFiles);
    }

    private static string Ask(ProxyFixture proxy, int port = 10000)
    {
        string answer = proxy.Exchange(proxy.Loop.Network.Connect($"10.0.0.1:{port}", "192.0.2.7"), Request);
        proxy.Run();
        return answer;
    }

    private static string Config(DiscoveryFile file, string more = "") =>
        "static_resources:\n  listeners:\n  -\n" + ProxyFixture.Indent(Listener(file, "tcp", 10000, more), 4);

    private static string Listener(DiscoveryFile file, string name, int port, string more = "", string types = Http + ", " + Tls) =>
        $$"""
        name: {{name}}
        address: { socket_address: { address: 10.0.0.1, port_value: {{port}} } }
        listener_filters:
        - name: inspect
          config_discovery: { config_source: { path_config_source: { path: {{file.Path}} } }, {{more}} type_urls: [{{types}}] }
        filter_chains:
        - filter_chain_match: { application_protocols: [http/1.1] }
          filters: [{ name: answer, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: http } } }]
        - filters: [{ name: answer, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: plain } } }]
        """;
}
