using System.Text.Json;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Admin;

public sealed class ConfigDumpTests
{
    [Fact]
    public void Everything_IsInEnvoysOrder()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        using JsonDocument dump = JsonDocument.Parse(server.Admin("/config_dump?include_eds").Body);

        string[] types = [.. dump.RootElement.GetProperty("configs").EnumerateArray().Select(static c => c.GetProperty("@type").GetString()!["type.googleapis.com/envoy.admin.v3.".Length..])];
        Assert.Equal(
            ["BootstrapConfigDump", "ClustersConfigDump", "EndpointsConfigDump", "ListenersConfigDump", "ScopedRoutesConfigDump", "RoutesConfigDump", "SecretsConfigDump"],
            types);
    }

    [Fact]
    public void Listener_KeepsItsFilters()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        using JsonDocument dump = JsonDocument.Parse(server.Admin("/config_dump?resource=static_listeners").Body);

        JsonElement listener = dump.RootElement.GetProperty("configs")[0].GetProperty("listener");
        JsonElement manager = listener.GetProperty("filter_chains")[0].GetProperty("filters")[0].GetProperty("typed_config");
        Assert.Equal("http", listener.GetProperty("name").GetString());
        Assert.Equal("test", manager.GetProperty("stat_prefix").GetString());
        Assert.Equal("routes", manager.GetProperty("route_config").GetProperty("name").GetString());
    }

    [Fact]
    public void ResourceWithMask_CutsIntoTheAny()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        using JsonDocument dump = JsonDocument.Parse(server.Admin("/config_dump?resource=static_clusters&mask=cluster.name").Body);

        JsonElement item = dump.RootElement.GetProperty("configs")[0];
        Assert.Equal("upstream", item.GetProperty("cluster").GetProperty("name").GetString());
        Assert.False(item.GetProperty("cluster").TryGetProperty("connect_timeout", out _));
        Assert.False(item.TryGetProperty("last_updated", out _));
    }

    [Fact]
    public void Mask_LeavesTheSectionsItFits()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        using JsonDocument dump = JsonDocument.Parse(server.Admin("/config_dump?mask=bootstrap.node").Body);

        JsonElement only = Assert.Single(dump.RootElement.GetProperty("configs").EnumerateArray());
        Assert.Equal("type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", only.GetProperty("@type").GetString());
        Assert.False(only.TryGetProperty("last_updated", out _));
    }

    [Fact]
    public void BadMaskForResource_Answers400()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Admin("/config_dump?resource=static_clusters&mask=cluster.no_such_field");

        Assert.Equal(400, reply.Status);
        Assert.Equal("FieldMask paths: \"cluster.no_such_field\"\n could not be successfully used.", reply.Body);
    }

    [Theory]
    [InlineData("up.*", 1)]
    [InlineData("up", 0)]
    [InlineData("other", 0)]
    public void NameRegex_MatchesWholeNames(string regex, int count)
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        using JsonDocument dump = JsonDocument.Parse(server.Admin("/config_dump?resource=static_clusters&name_regex=" + regex).Body);

        Assert.Equal(count, dump.RootElement.TryGetProperty("configs", out JsonElement configs) ? configs.GetArrayLength() : 0);
    }
}
