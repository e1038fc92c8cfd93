using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>From <c>filter_chain_match</c> and <c>filter_chain_matcher</c> in YAML to the chain that answers.</summary>
public sealed class FilterChainSelectionTests
{
    private const string NoMatch = "listener.10.0.0.1_10000.no_filter_chain_match";

    [Theory]
    [InlineData("10.0.0.1:10000", "192.0.2.7", "net")]
    [InlineData("10.0.0.1:10000", "192.0.2.9", "host")]
    [InlineData("10.0.0.1:10000", "198.51.100.1", "other")]
    [InlineData("10.0.0.1:10001", "192.0.2.7", "port")]
    [InlineData("10.1.0.1:10000", "192.0.2.7", "address")]
    [InlineData("10.0.0.1:10000", "10.0.0.1", "local")]
    public void Addresses_ChooseTheChain(string to, string from, string chain)
    {
        using ProxyFixture proxy = Start($"""
            additional_addresses:
            - {Address("10.0.0.1", 10001)}
            - {Address("10.1.0.1", 10000)}
            filter_chains:
            - {Chain("net", "source_prefix_ranges: [{ address_prefix: 192.0.2.0, prefix_len: 24 }]")}
            - {Chain("host", "source_prefix_ranges: [{ address_prefix: 192.0.2.9, prefix_len: 32 }]")}
            - {Chain("local", "source_type: SAME_IP_OR_LOOPBACK")}
            - {Chain("port", "destination_port: 10001")}
            - {Chain("address", "prefix_ranges: [{ address_prefix: 10.1.0.0, prefix_len: 16 }]")}
            default_filter_chain: {Chain("other", "")}
            """);
        Assert.Equal(chain, Answer(proxy, to, from));
    }

    [Fact]
    public void NoChainAndNoDefault_ClosesAndCounts()
    {
        using ProxyFixture proxy = Start($"filter_chains: [{Chain("tls", "transport_protocol: tls")}]");
        Assert.Equal("", Answer(proxy, ProxyFixture.Listener, "192.0.2.7"));
        Assert.Equal(1, proxy.Counter(NoMatch));
    }

    [Theory]
    [InlineData("192.0.2.7", "a", 0)]
    [InlineData("198.51.100.1", "other", 0)]
    [InlineData("203.0.113.1", "", 1)]
    public void Matcher_ChoosesByName(string from, string chain, int notFound)
    {
        using ProxyFixture proxy = Start($$$"""
            filter_chains: [{{{Chain("a", "")}}}, {{{Chain("b", "")}}}]
            default_filter_chain: {{{Chain("other", "")}}}
            filter_chain_matcher:
              matcher_tree:
                input: { name: ip, typed_config: { "@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput } }
                custom_match:
                  name: ranges
                  typed_config:
                    "@type": type.googleapis.com/xds.type.matcher.v3.IPMatcher
                    range_matchers:
                    - ranges: [{ address_prefix: 192.0.2.0, prefix_len: 24 }]
                      on_match: { action: {{{Name("a")}}} }
                    - ranges: [{ address_prefix: 203.0.113.0, prefix_len: 24 }]
                      on_match: { action: {{{Name("gone")}}} }
            """);
        Assert.Equal(chain, Answer(proxy, ProxyFixture.Listener, from));
        Assert.Equal(notFound, proxy.Counter(NoMatch));
    }

    private static string Answer(ProxyFixture proxy, string to, string from)
    {
        SimulatedPeer client = proxy.Loop.Network.Connect(to, from);
        proxy.Run();
        string answer = client.ReadText();
        Assert.True(client.IsClosed);
        client.Close();
        proxy.Run();
        return answer;
    }

    /// <summary>Answers with its name.</summary>
    private static string Chain(string name, string match) => $$"""
        { name: {{name}}, filter_chain_match: { {{match}} }, filters: [{ name: d, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: { inline_string: {{name}} } } }] }
        """;

    private static string Name(string chain) => $$"""{ name: {{chain}}, typed_config: { "@type": type.googleapis.com/google.protobuf.StringValue, value: {{chain}} } }""";

    private static string Address(string ip, int port) => $$"""{ address: { socket_address: { address: {{ip}}, port_value: {{port}} } } }""";

    private static ProxyFixture Start(string fields) => new($$"""
        static_resources:
          listeners:
          - name: plain
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
        {{ProxyFixture.Indent(fields, 4)}}
        """);
}
