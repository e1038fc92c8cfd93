using Nuncio.Config.Errors;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Bootstrap;

/// <summary>Names of listeners are unique, and made up where there is none.</summary>
public sealed class ListenerNamesTests
{
    [Fact]
    public void TwoOfOneName_AreRefusedAtTheSecond()
    {
        var errors = new ConfigErrors();
        Assert.Null(TestServer.TryStart(Listeners("name: same", "name: same"), new ServerOptions(), errors));
        Assert.Contains(
            "static_resources.listeners[1].name: duplicate listener \"same\"; the first is listeners[0]",
            Assert.Single(errors.Items).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void None_GetNamesOfTheirOwn()
    {
        using TestServer server = TestServer.Start(Listeners("stat_prefix: a", "stat_prefix: b"));
        string[] names = [.. server.Instance.Listeners.Listeners.Select(l => l.Config.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.DoesNotContain("", names);
    }

    private static string Listeners(string first, string second) => Configs.Admin() + $$"""
        static_resources:
          listeners:
          - { {{first}}, address: {{Any}}, filter_chains: [{{Echo}}] }
          - { {{second}}, address: {{Any}}, filter_chains: [{{Echo}}] }
        """;

    private const string Any = "{ socket_address: { address: 127.0.0.1, port_value: 0 } }";

    private const string Echo =
        "{ filters: [{ name: echo, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }] }";
}
