using Envoy.Config.Listener.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Listeners.Matching;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Config.Tests.Listeners.Matching;

/// <summary>From the YAML of a listener to the choice of a chain, and what is refused where.</summary>
public sealed class FilterChainSelectorConverterTests
{
    [Fact]
    public void EveryFieldOfAMatch_Decides()
    {
        FilterChainSelector selector = Good("""
            filter_chains:
            - name: all
              filter_chain_match:
                destination_port: 443
                prefix_ranges: [{address_prefix: 10.1.2.3, prefix_len: 8}]
                server_names: ["*.Example.COM"]
                transport_protocol: tls
                application_protocols: [h2]
                direct_source_prefix_ranges: [{address_prefix: 192.0.2.0, prefix_len: 24}]
                source_type: EXTERNAL
                source_prefix_ranges: [{address_prefix: 198.51.100.0, prefix_len: 24}]
                source_ports: [1000, 2000]
            - name: none
            """);
        Assert.Equal(0, selector.Select(Connection("a.example.com")));
        Assert.Equal(FilterChainSelector.Default, selector.Select(Connection("example.com")));
        Assert.Equal(1, selector.Select(new ConnectionInfo(Ip("10.0.0.1", 80), Ip("192.0.2.1", 1))));
    }

    [Fact]
    public void NoLength_IsEveryAddressOfTheFamily()
    {
        FilterChainSelector selector = Good("filter_chains: [{filter_chain_match: {prefix_ranges: [{address_prefix: 10.0.0.0}]}}]");
        Assert.Equal(0, selector.Select(new ConnectionInfo(Ip("192.0.2.1", 80), Ip("192.0.2.2", 1))));
        Assert.Equal(FilterChainSelector.Default, selector.Select(new ConnectionInfo(Ip("::1", 80), Ip("::1", 1))));
    }

    [Theory]
    [InlineData("server_names: ['*']", "filter_chains[0].filter_chain_match.server_names[0]: found \"*\"")]
    [InlineData("server_names: [a.com, 'w*.a.com']", "filter_chains[0].filter_chain_match.server_names[1]: partial wildcards are not supported")]
    [InlineData("server_names: ['*a.com']", "partial wildcards are not supported")]
    [InlineData("prefix_ranges: [{address_prefix: x}]", "filter_chains[0].filter_chain_match.prefix_ranges[0].address_prefix: found \"x\"")]
    [InlineData("source_prefix_ranges: [{address_prefix: 10.0.0.0/8}]", "source_prefix_ranges[0].address_prefix: found \"10.0.0.0/8\"")]
    [InlineData("direct_source_prefix_ranges: [{address_prefix: a}]", "direct_source_prefix_ranges[0]")]
    [InlineData("address_suffix: '1'", "filter_chains[0].filter_chain_match.address_suffix: is not implemented")]
    [InlineData("suffix_len: 1", "suffix_len: is not implemented")]
    [InlineData("server_names: [a.com, A.com]", "overlapping matching rules are defined: a list of filter chain 'c' holds a value twice")]
    public void WrongMatch_IsToldAtItsPlace(string match, string message) => Refused($"filter_chains: [{{name: c, filter_chain_match: {{{match}}}}}]", message);

    [Fact]
    public void SameMatchTwice_NamesBothChains() => Refused(
        """
        filter_chains:
        - name: a
          filter_chain_match: {server_names: [a.com], source_ports: [1]}
        - name: b
          filter_chain_match: {server_names: [a.com], source_ports: [1]}
        """,
        "test.yaml:5:3: filter_chains[1].filter_chain_match: filter chain 'b' has the same matching rules defined as 'a' (test.yaml:2:3)");

    [Fact]
    public void TwoChainsWithoutMatch_AreTheSame() => Refused(
        "filter_chains: [{name: a}, {name: b, filter_chain_match: {}}]", "filter chain 'b' has the same matching rules defined as 'a'");

    [Fact]
    public void OverlappingLists_NameBothChains() => Refused(
        """
        filter_chains:
        - name: a
          filter_chain_match: {server_names: [a.com, b.com]}
        - name: b
          filter_chain_match: {server_names: [b.com, c.com]}
        """,
        "filter_chains[1].filter_chain_match: multiple filter chains with overlapping matching rules are defined: 'b' and 'a' (test.yaml:2:3)");

    [Fact]
    public void Matcher_ChoosesByName()
    {
        FilterChainSelector selector = Good(Matcher("""
            matcher_tree:
              input: {name: p, typed_config: {"@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput}}
              exact_match_map:
                map:
                  "443": {action: {name: b, typed_config: {"@type": type.googleapis.com/google.protobuf.StringValue, value: b}}}
                  "444": {action: {name: x, typed_config: {"@type": type.googleapis.com/google.protobuf.StringValue, value: nobody}}}
            """));
        Assert.Equal(1, selector.Select(new ConnectionInfo(Ip("10.0.0.1", 443), Ip("10.0.0.2", 1))));
        Assert.Equal(FilterChainSelector.Missing, selector.Select(new ConnectionInfo(Ip("10.0.0.1", 444), Ip("10.0.0.2", 1))));
        Assert.Equal(FilterChainSelector.Default, selector.Select(new ConnectionInfo(Ip("10.0.0.1", 445), Ip("10.0.0.2", 1))));
    }

    [Fact]
    public void Matcher_PutsTheMatchesOfTheChainsOutOfForce()
    {
        FilterChainSelector selector = Good("""
            filter_chain_matcher: {on_no_match: {action: {name: a, typed_config: {"@type": type.googleapis.com/google.protobuf.StringValue, value: a}}}}
            filter_chains:
            - {name: a, filter_chain_match: {server_names: ['*', x]}}
            - {name: b, filter_chain_match: {server_names: ['*', x]}}
            """);
        Assert.Equal(0, selector.Select(new ConnectionInfo(Ip("10.0.0.1", 443), Ip("10.0.0.2", 1))));
    }

    [Fact]
    public void MatcherWithChainsWithoutName_IsRefused() => Refused(
        "filter_chain_matcher: {}\nfilter_chains: [{}]", "filter_chains[0].name: \"name\" field is required when using a listener matcher");

    [Fact]
    public void MatcherWithANameTwice_IsRefused() => Refused(
        "filter_chain_matcher: {}\nfilter_chains: [{name: a}, {name: a}]",
        "filter_chains[1].name: \"name\" field is duplicated with value 'a', which stands at test.yaml:2:");

    [Fact]
    public void ActionOfAnotherType_IsRefused() => Refused(
        Matcher("on_no_match: {action: {name: a, typed_config: {\"@type\": type.googleapis.com/google.protobuf.BoolValue, value: true}}}"),
        "filter_chain_matcher.on_no_match.action.typed_config: filter chain action \"a\": found google.protobuf.BoolValue, expected google.protobuf.StringValue");

    private static string Matcher(string matcher) =>
        "filter_chains: [{name: a}, {name: b}]\nfilter_chain_matcher:\n  " + matcher.Replace("\n", "\n  ", StringComparison.Ordinal);

    private static FilterChainSelector Good(string yaml)
    {
        var errors = new ConfigErrors();
        (Listener wire, ConfigScope scope) = TestContexts.Load<Listener>(yaml, errors);
        FilterChainSelector? selector = FilterChainSelectorConverter.Convert(wire, TestContexts.Make(), scope);
        Assert.True(selector is not null && !errors.Any, string.Join('\n', errors.Items));
        return selector;
    }

    private static void Refused(string yaml, string message)
    {
        var errors = new ConfigErrors();
        (Listener wire, ConfigScope scope) = TestContexts.Load<Listener>(yaml, errors);
        Assert.Null(FilterChainSelectorConverter.Convert(wire, TestContexts.Make(), scope));
        Assert.Contains(message, Assert.Single(errors.Items).ToString(), StringComparison.Ordinal);
    }

    private static ConnectionInfo Connection(string name) => new(Ip("10.0.0.1", 443), Ip("192.0.2.1", 1))
    {
        RequestedServerName = name, TransportProtocol = "tls", ApplicationProtocols = ["h2"], RemoteAddress = Ip("198.51.100.9", 2000),
    };

    private static NetworkAddress Ip(string text, int port)
    {
        Assert.True(NetworkAddress.TryParseIp(text, port, out NetworkAddress? address));
        return address!;
    }
}
