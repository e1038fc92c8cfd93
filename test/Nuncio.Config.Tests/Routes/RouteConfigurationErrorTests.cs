namespace Nuncio.Config.Tests.Routes;

/// <summary>Wrong route configurations are refused, each error with its place and in one run.</summary>
public sealed class RouteConfigurationErrorTests
{
    private const string Route = "virtual_hosts[0].routes[0]";
    private const string Template = "match: {path_match_policy: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: ";
    private const string Rewrite = "path_rewrite_policy: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig, path_template_rewrite: ";

    [Theory]
    [InlineData("['*', '*']", "virtual_hosts[0].domains[1]: found a second '*'")]
    [InlineData("[a.com, A.COM]", "virtual_hosts[0].domains[1]: duplicate domain 'A.COM'")]
    [InlineData("['*.a.com', '*.A.com']", "virtual_hosts[0].domains[1]: duplicate domain")]
    [InlineData("[]", "virtual_hosts[0].domains")]
    public void Domains(string domains, string expected) =>
        Assert.Contains(expected, RouteYaml.Errors($"virtual_hosts: [{{name: h, domains: {domains}}}]"));

    [Fact]
    public void DomainOfAnotherHost_IsNamed() => Assert.Contains(
        "virtual_hosts[1].domains[0]: duplicate domain 'a.com', which virtual host 'one' has too",
        RouteYaml.Errors("virtual_hosts: [{name: one, domains: [a.com]}, {name: two, domains: [a.com]}]"));

    [Fact]
    public void DomainTooLong() => Assert.Contains(
        "virtual_hosts[0].domains[0]", RouteYaml.Errors($"virtual_hosts: [{{name: h, domains: [{new string('a', 513)}]}}]"));

    [Theory]
    [InlineData("match: {prefix: /}", Route)]
    [InlineData("route: {cluster: a}", Route + ".match")]
    [InlineData("match: {}\nroute: {cluster: a}", Route + ".match")]
    [InlineData("match: {path_separated_prefix: /a/}\nroute: {cluster: a}", Route + ".match.path_separated_prefix")]
    [InlineData("match: {safe_regex: {regex: '(?=a)'}}\nroute: {cluster: a}", Route + ".match.safe_regex.regex: '(?=' is not part of RE2")]
    [InlineData("match: {safe_regex: {regex: '(a)\\1'}}\nroute: {cluster: a}", Route + ".match.safe_regex.regex: backreference")]
    [InlineData("match: {safe_regex: {regex: ''}}\nroute: {cluster: a}", Route + ".match.safe_regex.regex")]
    [InlineData("match: {prefix: /, headers: [{name: ''}]}\nroute: {cluster: a}", Route + ".match.headers[0].name")]
    [InlineData("match: {prefix: /, headers: [{name: a b}]}\nroute: {cluster: a}", Route + ".match.headers[0].name: found 'a b', expected a header name")]
    [InlineData("match: {prefix: /, headers: [{name: a, string_match: {safe_regex: {regex: '['}}}]}\nroute: {cluster: a}", Route + ".match.headers[0].string_match.safe_regex.regex")]
    [InlineData("match: {prefix: /, headers: [{name: a, string_match: {safe_regex: {regex: 'a'}, ignore_case: true}}]}\nroute: {cluster: a}", Route + ".match.headers[0].string_match.ignore_case")]
    [InlineData("match: {prefix: /, headers: [{name: a, string_match: {}}]}\nroute: {cluster: a}", Route + ".match.headers[0].string_match")]
    [InlineData("match: {prefix: /, query_parameters: [{name: ''}]}\nroute: {cluster: a}", Route + ".match.query_parameters[0].name")]
    [InlineData("match: {prefix: /}\nroute: {cluster: nope}", Route + ".route.cluster: found 'nope', which is no cluster")]
    [InlineData("match: {prefix: /}\nroute: {}", Route + ".route")]
    [InlineData("match: {prefix: /}\nroute: {cluster_header: a b}", Route + ".route.cluster_header")]
    [InlineData("match: {prefix: /}\nroute: {cluster: a, timeout: -1s}", Route + ".route.timeout")]
    [InlineData("match: {prefix: /}\nroute: {cluster: a, prefix_rewrite: /a, regex_rewrite: {pattern: {regex: a}}}", Route + ".route.regex_rewrite: found both")]
    [InlineData("match: {prefix: /}\nroute: {cluster: a, regex_rewrite: {pattern: {regex: a}, substitution: '\\1'}}", Route + ".route.regex_rewrite.substitution: the substitution uses group 1")]
    [InlineData("match: {prefix: /}\nroute: {cluster: a, host_rewrite_header: 'a b'}", Route + ".route.host_rewrite_header")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: []}}", Route + ".route.weighted_clusters.clusters")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: a}]}}", Route + ".route.weighted_clusters.clusters[0].weight")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: a, weight: 0}]}}", Route + ".route.weighted_clusters.clusters: the weights add up to 0")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: a, weight: 4294967295}, {name: b, weight: 1}]}}", Route + ".route.weighted_clusters.clusters: the weights add up to 4294967296")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: nope, weight: 1}]}}", Route + ".route.weighted_clusters.clusters[0].name: found 'nope'")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {header_name: 'a b', clusters: [{name: a, weight: 1}]}}", Route + ".route.weighted_clusters.header_name")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{weight: 1}]}}", Route + ".route.weighted_clusters.clusters[0]: found neither name nor cluster_header")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: a, cluster_header: x, weight: 1}]}}", Route + ".route.weighted_clusters.clusters[0].cluster_header: found both")]
    [InlineData("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{cluster_header: 'x y', weight: 1}]}}", Route + ".route.weighted_clusters.clusters[0].cluster_header: found 'x y'")]
    [InlineData(Template + "'/a//b'}}}\nroute: {cluster: a}", Route + ".match.path_match_policy.typed_config.path_template: found '/a//b', expected a path template: \"\" is no text")]
    [InlineData(Template + "''}}}\nroute: {cluster: a}", Route + ".match.path_match_policy.typed_config.path_template")]
    [InlineData("match: {path_match_policy: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig, path_template_rewrite: /a}}}\nroute: {cluster: a}", Route + ".match.path_match_policy.typed_config: expected a envoy.extensions.path.match")]
    [InlineData(Template + "'/{a}'}}}\nroute: {cluster: a, prefix_rewrite: /b}", Route + ".route.prefix_rewrite: found prefix_rewrite on a route with path_match_policy")]
    [InlineData(Template + "'/{a}'}}}\nroute: {cluster: a, " + Rewrite + "'/{b}'}}}", Route + ".route.path_rewrite_policy.typed_config.path_template_rewrite: found '/{b}', expected a rewrite of the template: the template \"/{a}\" has no variable \"b\"")]
    [InlineData(Template + "'/{a}'}}}\nroute: {cluster: a, prefix_rewrite: /x, " + Rewrite + "'/{a}'}}}", Route + ".route.path_rewrite_policy: found path_rewrite_policy beside")]
    [InlineData("match: {prefix: /}\nroute: {cluster: a, " + Rewrite + "'/{a}'}}}", Route + ".route.path_rewrite_policy.typed_config: found a rewrite by template on a route without one")]
    [InlineData("match: {prefix: /}\nredirect: {port_redirect: 70000}", Route + ".redirect.port_redirect")]
    [InlineData("match: {prefix: /}\nredirect: {https_redirect: true, scheme_redirect: x}", Route + ".redirect")]
    [InlineData("match: {prefix: /}\nredirect: {path_redirect: /a, prefix_rewrite: /b}", Route + ".redirect")]
    [InlineData("match: {prefix: /}\nredirect: {regex_rewrite: {pattern: {regex: '('}}}", Route + ".redirect.regex_rewrite.pattern.regex")]
    [InlineData("match: {prefix: /}\ndirect_response: {status: 199}", Route + ".direct_response.status")]
    [InlineData("match: {prefix: /}\ndirect_response: {status: 600}", Route + ".direct_response.status")]
    [InlineData("match: {prefix: /}\ndirect_response: {status: 200, body: {filename: /does/not/exist}}", Route + ".direct_response.body.filename: cannot read")]
    [InlineData("match: {prefix: /}\ndirect_response: {status: 200, body: {environment_variable: NUNCIO_NO_SUCH_VARIABLE}}", Route + ".direct_response.body.environment_variable")]
    [InlineData("match: {prefix: /}\ndirect_response: {status: 200, body_format: {text_format_source: {inline_string: '%NOPE%'}}}", Route + ".direct_response.body_format.text_format_source")]
    public void OneRoute(string yaml, string expected) => Assert.Contains(expected, RouteYaml.RouteErrors(yaml));

    [Theory]
    [InlineData("{header: {key: ':path', value: x}}", "header.key: found ':path'; headers that begin with a colon and host")]
    [InlineData("{header: {key: Host, value: x}}", "header.key: found 'Host'")]
    [InlineData("{header: {key: 'a b', value: x}}", "header.key: found 'a b', expected a header name")]
    [InlineData("{header: {key: a, value: '%NOPE%'}}", "header.value")]
    [InlineData("{header: {key: a, value: '%REQ(a%'}}", "header.value")]
    [InlineData("{header: {key: a, value: x}, append: true, append_action: ADD_IF_ABSENT}", "append: found both")]
    [InlineData("{header: {key: a, raw_value: eA==}}", "header.raw_value")]
    [InlineData("{}", "header")]
    public void HeaderToAdd(string option, string expected)
    {
        foreach (string list in new[] { "request_headers_to_add", "response_headers_to_add" })
        {
            Assert.Contains(
                $"{Route}.{list}[0].{expected}", RouteYaml.RouteErrors($"match: {{prefix: /}}\nroute: {{cluster: a}}\n{list}: [{option}]"));
        }
    }

    [Theory]
    [InlineData(":method")]
    [InlineData("HOST")]
    [InlineData("a b")]
    public void HeaderToRemove(string name)
    {
        foreach (string list in new[] { "request_headers_to_remove", "response_headers_to_remove" })
        {
            Assert.Contains(
                $"{Route}.{list}[0]: found '{name}'", RouteYaml.RouteErrors($"match: {{prefix: /}}\nroute: {{cluster: a}}\n{list}: ['{name}']"));
        }
    }

    [Theory]
    [InlineData("4096", "x", null)]
    [InlineData("4097", "x", "found 4097 bytes")]
    public void DirectResponseBody_HasALimit(string length, string letter, string? expected)
    {
        string body = string.Concat(Enumerable.Repeat(letter, int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
        string yaml = $"match: {{prefix: /}}\ndirect_response: {{status: 200, body: {{inline_string: {body}}}}}";
        if (expected is null)
        {
            RouteYaml.Route(yaml);
        }
        else
        {
            Assert.Contains(Route + ".direct_response.body.inline_string: " + expected, RouteYaml.RouteErrors(yaml));
        }
    }

    [Fact]
    public void DirectResponseBodyLimit_CanBeChanged() => Assert.Contains(
        "expected at most 3",
        RouteYaml.Errors(
            "max_direct_response_body_size_bytes: 3\n"
            + "virtual_hosts: [{name: h, domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: four}}}]}]"));

    [Theory]
    [InlineData("{'@type': type.googleapis.com/google.protobuf.Duration, value: 1s}", "typed_per_filter_config[\"f\"]: no filter is configured by")]
    [InlineData("{'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig}", "typed_per_filter_config[\"f\"]: found neither config nor disabled")]
    [InlineData("{'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {'@type': type.googleapis.com/google.protobuf.Duration, value: 1s}}", "typed_per_filter_config[\"f\"].config: no filter")]
    public void FilterConfig(string config, string expected) => Assert.Contains(
        expected, RouteYaml.RouteErrors($"match: {{prefix: /}}\nroute: {{cluster: a}}\ntyped_per_filter_config: {{f: {config}}}"));

    [Fact]
    public void SeveralErrors_AreFoundInOneRun()
    {
        string errors = RouteYaml.Errors("""
            internal_only_headers: ["a b", ":path"]
            request_headers_to_remove: [host]
            virtual_hosts:
            - name: one
              domains: [a.com]
              routes:
              - {match: {safe_regex: {regex: "("}}, route: {cluster: nope}}
              - {match: {prefix: /}, route: {cluster: nope2}}
            - {name: two, domains: [a.com]}
            """);
        Assert.Equal(7, errors.Count(static c => c == '\n'));
    }
}
