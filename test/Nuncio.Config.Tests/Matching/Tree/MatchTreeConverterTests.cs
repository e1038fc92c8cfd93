using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Matching.Tree;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.IO.Sockets;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;

namespace Nuncio.Config.Tests.Matching.Tree;

/// <summary>From the YAML of a unified matcher to its answer, and what is refused where.</summary>
public sealed class MatchTreeConverterTests
{
    private const string Go = "{action: {name: go, typed_config: {'@type': type.googleapis.com/google.protobuf.StringValue, value: go}}}";
    private const string Other = "{action: {name: o, typed_config: {'@type': type.googleapis.com/google.protobuf.StringValue, value: other}}}";

    [Theory]
    [InlineData("value_match: {exact: a.com}", true)]
    [InlineData("value_match: {exact: A.COM}", false)]
    [InlineData("value_match: {exact: A.COM, ignore_case: true}", true)]
    [InlineData("value_match: {prefix: a}", true)]
    [InlineData("value_match: {suffix: .com}", true)]
    [InlineData("value_match: {contains: b}", false)]
    [InlineData("value_match: {safe_regex: {google_re2: {}, regex: '[a-z.]+'}}", true)]
    [InlineData("value_match: {safe_regex: {regex: '[a-z]+'}}", false)]
    [InlineData("custom_match: {name: c, typed_config: {'@type': type.googleapis.com/envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing, threshold: 0, modulo: 10}}", true)]
    [InlineData("custom_match: {name: c, typed_config: {'@type': type.googleapis.com/envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction, runtime_fraction: {default_value: {numerator: 0}}}}", false)]
    [InlineData("custom_match: {name: c, typed_config: {'@type': type.googleapis.com/envoy.extensions.matching.input_matchers.ip.v3.Ip, stat_prefix: i, cidr_ranges: [{address_prefix: '::'}]}}", false)]
    public void SinglePredicate_TestsTheInput(string test, bool matches) =>
        Assert.Equal(matches ? "go" : "other", Ask(List($"single_predicate: {{{Input("ServerNameInput")}, {test}}}")));

    [Theory]
    [InlineData("or_matcher: {predicate: [{single_predicate: {@S, value_match: {exact: b}}}, {single_predicate: {@S, value_match: {exact: a.com}}}]}", true)]
    [InlineData("and_matcher: {predicate: [{single_predicate: {@S, value_match: {exact: b}}}, {single_predicate: {@S, value_match: {exact: a.com}}}]}", false)]
    [InlineData("not_matcher: {single_predicate: {@S, value_match: {exact: b}}}", true)]
    public void Predicates_AreCombined(string predicate, bool matches) =>
        Assert.Equal(matches ? "go" : "other", Ask(List(predicate.Replace("@S", Input("ServerNameInput"), StringComparison.Ordinal))));

    [Theory]
    [InlineData("DestinationIPInput", "10.0.0.1")]
    [InlineData("DestinationPortInput", "443")]
    [InlineData("SourceIPInput", "192.0.2.1")]
    [InlineData("SourcePortInput", "7")]
    [InlineData("DirectSourceIPInput", "192.0.2.1")]
    [InlineData("ServerNameInput", "a.com")]
    [InlineData("TransportProtocolInput", "raw_buffer")]
    [InlineData("ApplicationProtocolInput", "''h2'',''http/1.1''")]
    [InlineData("FilterStateInput, key: k", "v")]
    public void NetworkInput_IsAsked(string input, string text) =>
        Assert.Equal("go", Ask($"matcher_tree: {{{Input(input)}, exact_match_map: {{map: {{'{text}': {Go}}}}}}}\non_no_match: {Other}"));

    [Fact]
    public void NetworkNamespace_IsNeverThere() => Assert.Equal(
        "other", Ask($"matcher_tree: {{{Input("NetworkNamespaceInput")}, prefix_match_map: {{map: {{'': {Go}}}}}}}\non_no_match: {Other}"));

    [Theory]
    [InlineData("prefix_match_map: {map: {a: @O, a.c: @G}}")]
    [InlineData("custom_match: {name: c, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher, domain_matchers: [{domains: ['*.com', b], on_match: @G}]}}")]
    public void Maps_AreLookedUp(string tree) => Assert.Equal(
        "go",
        Ask($"matcher_tree: {{{Input("ServerNameInput")}, {tree.Replace("@G", Go, StringComparison.Ordinal).Replace("@O", Other, StringComparison.Ordinal)}}}"));

    [Fact]
    public void IpMatcher_IsLookedUp() => Assert.Equal(
        "go",
        Ask($"matcher_tree: {{{Input("SourceIPInput")}, custom_match: {{name: c, typed_config: {{'@type': type.googleapis.com/xds.type.matcher.v3.IPMatcher, range_matchers: [{{ranges: [{{address_prefix: 192.0.0.0, prefix_len: 8}}], on_match: {Other}}}, {{ranges: [{{address_prefix: 192.0.2.0, prefix_len: 24}}], exclusive: true, on_match: {Go}}}]}}}}}}"));

    [Fact]
    public void Metadata_IsTestedByItsMatcher() => Assert.Equal(
        "go",
        Ask(List($"single_predicate: {{{Input("DynamicMetadataInput, filter: ns, path: [{key: a}]")}, custom_match: {{name: m, typed_config: {{'@type': type.googleapis.com/envoy.extensions.matching.input_matchers.metadata.v3.Metadata, value: {{double_match: {{exact: 3}}}}}}}}}}")));

    [Fact]
    public void NestedMatcher_AndEnvironment()
    {
        const string Variable = "input: {name: e, typed_config: {'@type': type.googleapis.com/envoy.extensions.matching.common_inputs.environment_variable.v3.Config, name: PATH}}";
        Assert.Equal("go", Ask($"on_no_match: {{matcher: {{matcher_tree: {{{Variable}, prefix_match_map: {{map: {{'/': {Go}}}}}}}}}}}"));
    }

    [Fact]
    public void RequestsAreAskedByHeaderQueryAndStatus()
    {
        HeaderMap request = new HeaderMapPool().Rent();
        request.Add(KnownHeader.Path, "/p?q=%31"u8);
        request.Add("x-a"u8, "1"u8);
        HeaderMap response = new HeaderMapPool().Rent();
        response.SetStatus(503);
        var input = new HttpMatchInput(new StreamInfo(), request);
        MatchTree<HttpMatchInput, string> header = Http("HttpRequestHeaderMatchInput, header_name: X-A", "1");
        MatchTree<HttpMatchInput, string> query = Http("HttpRequestQueryParamMatchInput, query_param: q", "1");
        MatchTree<HttpMatchInput, string> status = Http("HttpResponseStatusCodeClassMatchInput", "5xx");
        Assert.Equal(MatchOutcome.Matched, header.Match(input, out string? action));
        Assert.Equal("go", action);
        Assert.Equal(MatchOutcome.Matched, query.Match(input, out _));
        Assert.Equal(MatchOutcome.InsufficientData, status.Match(input, out _));
        Assert.Equal(MatchOutcome.Matched, status.Match(input with { ResponseHeaders = response }, out _));

        static MatchTree<HttpMatchInput, string> Http(string type, string text)
        {
            var errors = new ConfigErrors();
            MatchTree<HttpMatchInput, string>? tree = Convert(
                HttpMatchInputs.Instance,
                $"matcher_tree: {{input: {{name: i, typed_config: {{'@type': type.googleapis.com/envoy.type.matcher.v3.{type}}}}}, exact_match_map: {{map: {{'{text}': {Go}}}}}}}",
                errors);
            Assert.True(tree is not null, string.Join('\n', errors.Items));
            return tree;
        }
    }

    [Theory]
    [InlineData("matcher_list: {matchers: [{predicate: {single_predicate: {input: {name: i, typed_config: {'@type': type.googleapis.com/envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput}}, value_match: {exact: a}}}, on_match: @G}]}",
        "matcher_list.matchers[0].predicate.single_predicate.input.typed_config: matcher input \"i\": envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput is nothing that can be asked of a connection")]
    [InlineData("matcher_tree: {@S, custom_match: {name: c, typed_config: {'@type': type.googleapis.com/google.protobuf.StringValue, value: x}}}",
        "matcher_tree.custom_match.typed_config: custom matcher \"c\": google.protobuf.StringValue is no tree")]
    [InlineData("matcher_tree: {@S, custom_match: {name: c, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher, domain_matchers: [{domains: ['a*.com'], on_match: @G}]}}}",
        "domain_matchers[0].domains[0]: found \"a*.com\", expected a domain")]
    [InlineData("matcher_tree: {@S, custom_match: {name: c, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher, domain_matchers: [{domains: [a, a], on_match: @G}]}}}",
        "domain_matchers[0].domains[1]: found \"a\" a second time")]
    [InlineData("matcher_tree: {@S, custom_match: {name: c, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.IPMatcher, range_matchers: [{ranges: [{address_prefix: x}], on_match: @G}]}}}",
        "range_matchers[0].ranges[0].address_prefix: found \"x\"")]
    [InlineData("matcher_tree: {@D, exact_match_map: {map: {a: @G}}}", "matcher_tree.input: gives metadata; a matcher_tree looks text up")]
    [InlineData("matcher_list: {matchers: [{predicate: {single_predicate: {@D, value_match: {exact: a}}}, on_match: @G}]}", "single_predicate.input: gives metadata, which only custom_match")]
    [InlineData("matcher_list: {matchers: [{predicate: {single_predicate: {@S, custom_match: {name: c, typed_config: {'@type': type.googleapis.com/google.protobuf.StringValue, value: x}}}}, on_match: @G}]}",
        "single_predicate.custom_match.typed_config: input matcher \"c\": google.protobuf.StringValue is no test on an input")]
    [InlineData("matcher_list: {matchers: [{predicate: {single_predicate: {@S, value_match: {safe_regex: {regex: '('}}}}, on_match: @G}]}", "single_predicate.value_match.safe_regex.regex")]
    [InlineData("on_no_match: {keep_matching: true, action: {name: go, typed_config: {'@type': type.googleapis.com/google.protobuf.StringValue, value: go}}}",
        "on_no_match.keep_matching: keep_matching is not supported in this context")]
    public void WrongMatcher_IsToldAtItsPlace(string yaml, string message)
    {
        yaml = yaml.Replace("@G", Go, StringComparison.Ordinal).Replace("@S", Input("ServerNameInput"), StringComparison.Ordinal)
            .Replace("@D", Input("DynamicMetadataInput, filter: f, path: [{key: k}]"), StringComparison.Ordinal);
        var errors = new ConfigErrors();
        Assert.Null(Convert(ConnectionMatchInputs.Instance, yaml, errors));
        Assert.Contains(message, Assert.Single(errors.Items).ToString(), StringComparison.Ordinal);
    }

    private static string List(string predicate) => $"matcher_list: {{matchers: [{{predicate: {{{predicate}}}, on_match: {Go}}}]}}\non_no_match: {Other}";

    private static string Input(string type) =>
        $"input: {{name: i, typed_config: {{'@type': type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.{type}}}}}";

    private static string Ask(string yaml)
    {
        var errors = new ConfigErrors();
        MatchTree<ConnectionInfo, string>? tree = Convert(ConnectionMatchInputs.Instance, yaml, errors);
        Assert.True(tree is not null, string.Join('\n', errors.Items));
        Assert.True(NetworkAddress.TryParseIp("10.0.0.1", 443, out NetworkAddress? local));
        Assert.True(NetworkAddress.TryParseIp("192.0.2.1", 7, out NetworkAddress? remote));
        var info = new ConnectionInfo(local!, remote!)
        {
            RequestedServerName = "a.com", ApplicationProtocols = ["h2", "http/1.1"], FilterState = new FilterState(), Metadata = new DynamicMetadata(),
        };
        info.FilterState.TrySet("k", "v");
        info.Metadata.Set("ns", "a", 3.0);
        return tree.Match(info, out string? action) == MatchOutcome.Matched ? action! : "none";
    }

    private static MatchTree<TInput, string>? Convert<TInput>(MatchInputs<TInput> inputs, string yaml, ConfigErrors errors)
    {
        (Matcher wire, ConfigScope scope) = TestContexts.Load<Matcher>(yaml, errors);
        return new MatchTreeConverter<TInput, string>(inputs, Action, TestContexts.Make()).Convert(wire, scope);
    }

    private static string? Action(TypedExtensionConfig wire, ConfigScope scope) =>
        AnyDecoder.TryUnpack(wire.TypedConfig, out StringValue? text) ? text.Value : throw new InvalidOperationException(scope.Path);
}
