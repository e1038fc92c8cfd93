using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.SetFilterState;
using Nuncio.Extensions.Tests.Component;
using Nuncio.Testing.Network;
using Wire = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Nuncio.Extensions.Tests.NetworkFilters.SetFilterState;

/// <summary>Values for the filter state of connections, in a whole proxy: RBAC and the TCP proxy read them.</summary>
public sealed class SetFilterStateFilterTests
{
    [Theory]
    [InlineData("on_new_connection")]
    [InlineData("on_downstream_tls_handshake")]
    public void Value_IsSeenByLaterFilters(string field)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Set(field, "{ object_key: who, factory_key: envoy.string, format_string: { text_format_source: { inline_string: \"<%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%>\" } } }") +
            AllowIf("{ key: who, string_match: { exact: \"<192.0.2.7>\" } }"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.2.7"), "a"));
        Assert.Equal("", proxy.Exchange(proxy.Connect("192.0.2.8"), "a"));
    }

    [Fact]
    public void Cluster_IsWhereTheTcpProxySends()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Set("on_new_connection", Value("envoy.tcp_proxy.cluster", "up")), last: Layer4Proxy.TcpProxy.Replace("cluster: up", "cluster: nowhere", StringComparison.Ordinal));
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "a");
        Assert.Equal("a", server.Accept().ReadText());
    }

    [Fact]
    public void Address_IsMatchedAsAddress()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Set("on_new_connection", Value("envoy.network.ip", "10.1.2.3")) +
            AllowIf("{ key: envoy.network.ip, address_match: { ranges: [{ address_prefix: 10.1.0.0, prefix_len: 16 }] } }"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Theory]
    [InlineData("false", "false", "2")]
    [InlineData("true", "false", "1")]
    [InlineData("false", "true", "1")]
    public void LaterValue_ReplacesAnEarlierOneUnlessOneIsReadOnly(string firstReadOnly, string secondReadOnly, string expected)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Set("on_new_connection", $"{Value("envoy.string", "1", "read_only: " + firstReadOnly)}, {Value("envoy.string", "2", "read_only: " + secondReadOnly)}") +
            AllowIf($"{{ key: envoy.string, string_match: {{ exact: \"{expected}\" }} }}"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Fact]
    public void EmptyOrUnfitText_SetsNothing()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Set("on_new_connection", $"{Value("envoy.string", "1")}, {Value("envoy.string", "", "skip_if_empty: true")}, {Value("envoy.network.ip", "no address")}") +
            AllowIf("{ key: envoy.string, string_match: { exact: \"1\" } }") +
            AllowIf("{ key: envoy.network.ip, string_match: { prefix: \"no\" } }", not: true));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
    }

    [Theory]
    [InlineData("{ object_key: mine, format_string: { text_format_source: { inline_string: a } } }", "\"mine\" is no well-known key; expected a factory_key")]
    [InlineData("{ object_key: mine, factory_key: envoy.strin, format_string: { text_format_source: { inline_string: a } } }", "did you mean \"envoy.string\"?")]
    [InlineData("{ object_key: envoy.string }", "format_string")]
    [InlineData("{ factory_key: envoy.string, format_string: { text_format_source: { inline_string: a } } }", "object_key")]
    [InlineData("{ object_key: envoy.string, format_string: { text_format_source: { inline_string: \"%NO_SUCH%\" } } }", "NO_SUCH")]
    public void WrongValue_IsRefused(string value, string expected)
    {
        (NetworkFilterProvider? provider, string[] errors) =
            FilterConfiguration.Load<Wire>(new SetFilterStateFactory(), $"{{ on_new_connection: [{value}] }}");
        Assert.Null(provider);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    private static string Value(string key, string text, string more = "read_only: false") =>
        $"{{ object_key: {key}, format_string: {{ text_format_source: {{ inline_string: \"{text}\" }} }}, {more} }}";

    private static string Set(string field, string values) => $$"""
        - name: set
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config
            {{field}}: [{{values}}]

        """;

    private static string AllowIf(string filterState, bool not = false) => $$"""
        - name: rbac
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
            stat_prefix: x
            rules: { action: {{(not ? "DENY" : "ALLOW")}}, policies: { p: { permissions: [{ any: true }], principals: [{ filter_state: {{filterState}} }] } } }

        """;
}
