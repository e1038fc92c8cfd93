using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Formatting;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Config.Tests.Routes;

/// <summary>Right route configurations do what they say.</summary>
public sealed class RouteConfigurationConverterTests
{
    [Fact]
    public void VirtualHostsAndRoutes_AreFoundByDomainAndOrder()
    {
        RouteTable table = RouteYaml.Table("""
            name: local
            ignore_port_in_host_matching: true
            virtual_hosts:
            - name: one
              domains: [one.com, "*.one.com"]
              routes:
              - {name: exact, match: {path: /x}, route: {cluster: a}}
              - {name: sep, match: {path_separated_prefix: /api}, route: {cluster: b}}
              - {name: re, match: {safe_regex: {regex: "/r[0-9]+"}}, route: {cluster: b}}
              - {name: nocase, match: {prefix: /CASE, case_sensitive: false}, route: {cluster: b}}
            - name: rest
              domains: ["*"]
              routes:
              - {match: {prefix: /}, route: {cluster: c}}
            """);
        Assert.Equal("local", table.Name);
        Assert.Equal("exact", Name(table, "one.com:80", "/x?q"));
        Assert.Equal("sep", Name(table, "WWW.one.com", "/api/v1"));
        Assert.Equal("re", Name(table, "one.com", "/r42"));
        Assert.Equal("nocase", Name(table, "one.com", "/case/x"));
        Assert.Null(RouteYaml.Match(table, RouteYaml.Request("one.com", "/other")));
        Nuncio.Core.Routing.Route rest = RouteYaml.Match(table, RouteYaml.Request("two.com", "/other"))!;
        Assert.Equal("rest", rest.VirtualHost.Name);
        Assert.Null(rest.Name);
        Assert.Same(ClusterRef.Of("c"), rest.Action!.Cluster);
    }

    [Theory]
    [InlineData("{name: x-a}", "x-a", "1", true)]
    [InlineData("{name: x-a, present_match: false}", "x-b", "1", true)]
    [InlineData("{name: x-a, exact_match: one}", "x-a", "one", true)]
    [InlineData("{name: x-a, exact_match: ''}", "x-a", "anything", true)]
    [InlineData("{name: x-a, prefix_match: 'on'}", "x-a", "one", true)]
    [InlineData("{name: x-a, suffix_match: ne}", "x-a", "one", true)]
    [InlineData("{name: x-a, contains_match: 'n'}", "x-a", "one", true)]
    [InlineData("{name: x-a, safe_regex_match: {regex: 'o.e'}}", "x-a", "one", true)]
    [InlineData("{name: x-a, safe_regex_match: {regex: 'o'}}", "x-a", "one", false)]
    [InlineData("{name: x-a, range_match: {start: 1, end: 3}}", "x-a", "2", true)]
    [InlineData("{name: x-a, range_match: {start: 1, end: 3}}", "x-a", "3", false)]
    [InlineData("{name: x-a, string_match: {exact: ONE, ignore_case: true}}", "x-a", "one", true)]
    [InlineData("{name: x-a, string_match: {exact: one}, invert_match: true}", "x-a", "one", false)]
    [InlineData("{name: x-a, string_match: {exact: ''}, treat_missing_header_as_empty: true}", "x-b", "1", true)]
    [InlineData("{name: ':method', string_match: {exact: GET}}", "x-b", "1", true)]
    public void HeaderMatchers_OfEveryKind(string matcher, string header, string value, bool expected)
    {
        RouteTable table = RouteYaml.Route($"match: {{prefix: /, headers: [{matcher}]}}\nroute: {{cluster: a}}");
        Assert.Equal(expected, RouteYaml.Match(table, RouteYaml.Request("h", "/", (header, value))) is not null);
    }

    [Theory]
    [InlineData("{name: q}", "/?q", true)]
    [InlineData("{name: q}", "/?r", false)]
    [InlineData("{name: q, present_match: false}", "/?r", true)]
    [InlineData("{name: q, string_match: {suffix: 'y'}}", "/?q=xy", true)]
    [InlineData("{name: q, string_match: {safe_regex: {regex: 'x+'}}}", "/?q=xy", false)]
    public void QueryMatchers_OfEveryKind(string matcher, string path, bool expected)
    {
        RouteTable table = RouteYaml.Route($"match: {{prefix: /, query_parameters: [{matcher}]}}\nroute: {{cluster: a}}");
        Assert.Equal(expected, RouteYaml.Match(table, RouteYaml.Request("h", path)) is not null);
    }

    [Fact]
    public void RuntimeFraction_IsOverriddenByItsKey()
    {
        var runtime = new LayeredRuntime([new RuntimeLayer("l", new Dictionary<string, RuntimeEntry> { ["k"] = RuntimeEntry.FromNumber(60, "60") })]);
        const string Yaml = "match: {prefix: /, runtime_fraction: {default_value: {numerator: 5, denominator: TEN_THOUSAND}, runtime_key: KEY}}\nroute: {cluster: a}";
        RouteTable plain = RouteYaml.Route(Yaml.Replace("KEY", "other", StringComparison.Ordinal), runtime);
        RouteTable keyed = RouteYaml.Route(Yaml.Replace("KEY", "k", StringComparison.Ordinal), runtime);
        HeaderMap request = RouteYaml.Request("h", "/");
        Assert.NotNull(RouteYaml.Match(plain, request, 4));
        Assert.Null(RouteYaml.Match(plain, request, 59));
        Assert.NotNull(RouteYaml.Match(keyed, request, 59));
        Assert.Null(RouteYaml.Match(keyed, request, 60));
    }

    [Fact]
    public void RouteAction_DefaultsAreEnvoys()
    {
        RouteAction action = Action("route: {cluster: a}");
        Assert.Equal(503, action.ClusterNotFoundStatus);
        Assert.Equal(15_000_000_000, action.TimeoutNanos);
        Assert.Null(action.IdleTimeoutNanos);
        Assert.Null(action.FlushTimeoutNanos);
        Assert.Equal(ResourcePriority.Default, action.Priority);
        Assert.False(action.AutoHostRewrite);
    }

    [Fact]
    public void RouteAction_SaysWhatIsWritten()
    {
        RouteAction action = Action("""
            route:
              cluster_header: x-cluster
              cluster_not_found_response_code: NOT_FOUND
              timeout: 0s
              idle_timeout: 1.5s
              flush_timeout: 2s
              priority: HIGH
              auto_host_rewrite: true
              append_x_forwarded_host: true
            """);
        Assert.Null(action.Cluster);
        Assert.Equal("x-cluster", action.ClusterHeader.ToString());
        Assert.Equal(404, action.ClusterNotFoundStatus);
        Assert.Equal(0, action.TimeoutNanos);
        Assert.Equal(1_500_000_000, action.IdleTimeoutNanos);
        Assert.Equal(2_000_000_000, action.FlushTimeoutNanos);
        Assert.Equal(ResourcePriority.High, action.Priority);
        Assert.True(action.AutoHostRewrite);
        Assert.True(action.AppendXForwardedHost);
        Assert.Equal(500, Action("route: {cluster: a, cluster_not_found_response_code: internal_server_error}").ClusterNotFoundStatus);
    }

    [Theory]
    [InlineData("prefix_rewrite: /new", "/new/x?q")]
    [InlineData("regex_rewrite: {pattern: {regex: '^/old/(.*)$'}, substitution: '/\\1/old'}", "/x/old?q")]
    public void PathRewrites(string rewrite, string expected)
    {
        HeaderMap request = Applied($"match: {{prefix: /old}}\nroute: {{cluster: a, {rewrite}}}", RouteYaml.Request("h", "/old/x?q"));
        Assert.Equal(expected, RouteYaml.Text(request, ":path"));
    }

    [Theory]
    [InlineData("host_rewrite_literal: new.com", "new.com")]
    [InlineData("host_rewrite_header: x-host", "header.com")]
    [InlineData("host_rewrite_path_regex: {pattern: {regex: '^/(.*)$'}, substitution: '\\1.com'}", "path.com")]
    public void HostRewrites(string rewrite, string expected)
    {
        HeaderMap request = Applied(
            $"match: {{prefix: /}}\nroute: {{cluster: a, {rewrite}}}", RouteYaml.Request("h", "/path", ("x-host", "header.com")));
        Assert.Equal(expected, RouteYaml.Text(request, ":authority"));
    }

    [Fact]
    public void WeightedClusters_WithHeadersHostAndRuntime()
    {
        var runtime = new LayeredRuntime([new RuntimeLayer("l", new Dictionary<string, RuntimeEntry> { ["w.b"] = RuntimeEntry.FromNumber(1000, "") })]);
        RouteTable table = RouteYaml.Route("""
            match: {prefix: /}
            route:
              weighted_clusters:
                runtime_key_prefix: w
                header_name: x-random
                clusters:
                - name: a
                  weight: 10
                - name: b
                  weight: 90
                  host_rewrite_literal: b.com
                  request_headers_to_add: [{header: {key: x-choice, value: b}}]
                  response_headers_to_remove: [server]
            """, runtime);
        HeaderMap request = RouteYaml.Request("h", "/", ("x-random", "1009"));
        Nuncio.Core.Routing.Route route = RouteYaml.Match(table, request)!;
        Assert.Same(ClusterRef.Of("b"), route.Action!.Cluster);
        Apply(route, request);
        Assert.Equal("b.com", RouteYaml.Text(request, ":authority"));
        Assert.Equal("b", RouteYaml.Text(request, "x-choice"));
        Assert.Same(ClusterRef.Of("a"), RouteYaml.Match(table, RouteYaml.Request("h", "/", ("x-random", "1010")))!.Action!.Cluster);
    }

    [Fact]
    public void WeightedCluster_MayBeNamedByAHeader()
    {
        RouteTable table = RouteYaml.Route("match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{cluster_header: x-c, weight: 1}]}}");
        HeaderMap request = RouteYaml.Request("h", "/", ("x-c", "anything"));

        ClusterChoice choice = RouteYaml.Match(table, request)!.Action!.ChooseCluster(new RouteInput(request, new StreamInfo()));

        Assert.Equal("anything"u8, choice.Name);
    }

    [Fact]
    public void Template_MatchesAndRewrites()
    {
        RouteTable table = RouteYaml.Route("""
            match:
              path_match_policy:
                name: envoy.path.match.uri_template.uri_template_matcher
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
                  path_template: /videos/{id}/*
            route:
              cluster: a
              path_rewrite_policy:
                name: envoy.path.rewrite.uri_template.uri_template_rewriter
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig
                  path_template_rewrite: /v/{id}
            """);
        HeaderMap request = RouteYaml.Request("h", "/videos/42/x?q");

        Apply(RouteYaml.Match(table, request)!, request);

        Assert.Equal("/v/42?q", RouteYaml.Text(request, ":path"));
        Assert.Null(RouteYaml.Match(table, RouteYaml.Request("h", "/videos/42")));
    }

    [Theory]
    [InlineData("https_redirect: true", 301, "https://h/old/x?q")]
    [InlineData("scheme_redirect: ftp, response_code: FOUND", 302, "ftp://h/old/x?q")]
    [InlineData("host_redirect: new.com, port_redirect: 81, response_code: SEE_OTHER", 303, "http://new.com:81/old/x?q")]
    [InlineData("path_redirect: /new, response_code: TEMPORARY_REDIRECT", 307, "http://h/new?q")]
    [InlineData("prefix_rewrite: /new, strip_query: true, response_code: PERMANENT_REDIRECT", 308, "http://h/new/x")]
    [InlineData("regex_rewrite: {pattern: {regex: o}, substitution: '0'}", 301, "http://h/0ld/x?q")]
    public void Redirects(string redirect, int status, string expected)
    {
        HeaderMap request = RouteYaml.Request("h", "/old/x?q");
        Nuncio.Core.Routing.Route route = RouteYaml.Match(RouteYaml.Route($"match: {{prefix: /old}}\nredirect: {{{redirect}}}"), request)!;
        var location = new ByteWriter();
        Assert.True(route.TryBuildLocation(request, location));
        Assert.Equal(expected, Encoding.UTF8.GetString(location.Written));
        Assert.Equal(status, route.Redirect!.Status);
    }

    [Fact]
    public void DirectResponse_BodyIsReadWhenLoaded()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "from a file");
        DirectResponseAction fromFile = Direct($"{{status: 200, body: {{filename: '{file}'}}}}");
        File.Delete(file);
        Assert.Equal("from a file"u8, fromFile.Body);
        Assert.Equal("inline"u8, Direct("{status: 503, body: {inline_string: inline}}").Body);
        Assert.Equal("inline"u8, Direct("{status: 503, body: {inline_bytes: aW5saW5l}}").Body);
        DirectResponseAction bare = Direct("{status: 204}");
        Assert.Equal(204, bare.Status);
        Assert.Empty(bare.Body);
        Assert.Null(bare.BodyFormat);
    }

    [Fact]
    public void DirectResponse_FormattedBody()
    {
        DirectResponseAction direct = Direct(
            "{status: 200, body: {inline_string: hi}, body_format: {text_format_source: {inline_string: '%LOCAL_REPLY_BODY% %REQ(:path)%'}}}");
        Assert.Equal("text/plain"u8, direct.ContentType!);
        var text = new ByteWriter();
        HeaderMap request = RouteYaml.Request("h", "/p");
        direct.BodyFormat!.Format(new FormatContext(new StreamInfo(), request, null, null, 0, 0, direct.Body), text);
        Assert.Equal("hi /p", Encoding.UTF8.GetString(text.Written));
        Assert.Equal("application/json"u8, Direct("{status: 200, body_format: {json_format: {a: '%REQ(:path)%'}}}").ContentType!);
        Assert.Equal("text/html"u8, Direct("{status: 200, body_format: {content_type: text/html, text_format_source: {inline_string: x}}}").ContentType!);
    }

    [Fact]
    public void HeaderMutations_OfThreeLevelsInBothOrders()
    {
        const string Yaml = """
            name: t
            most_specific_header_mutations_wins: WINS
            internal_only_headers: [x-secret]
            request_headers_to_add: [{header: {key: x-over, value: table}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]
            response_headers_to_add: [{header: {key: x-all, value: table}}]
            virtual_hosts:
            - name: h
              domains: ["*"]
              request_headers_to_add: [{header: {key: x-over, value: host}, append: false}]
              request_headers_to_remove: [x-gone]
              response_headers_to_add: [{header: {key: x-all, value: host}}]
              routes:
              - match: {prefix: /}
                route: {cluster: a}
                request_headers_to_add:
                - {header: {key: x-over, value: route}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}
                - {header: {key: x-empty, value: ""}, keep_empty_value: true}
                - {header: {key: x-path, value: "%REQ(:path)%"}}
                - {header: {key: x-if, value: "1"}, append_action: OVERWRITE_IF_EXISTS}
                - {header: {key: x-absent, value: "1"}, append_action: ADD_IF_ABSENT}
                response_headers_to_add: [{header: {key: x-all, value: route}}]
            """;
        RouteTable least = RouteYaml.Table(Yaml.Replace("WINS", "false", StringComparison.Ordinal));
        HeaderMap request = RouteYaml.Request("h", "/p", ("x-gone", "1"), ("x-secret", "1"));
        Nuncio.Core.Routing.Route route = RouteYaml.Match(least, request)!;
        Apply(route, request);
        least.RemoveInternalOnlyHeaders(request);
        Assert.Equal("table", RouteYaml.Text(request, "x-over"));
        Assert.Null(RouteYaml.Text(request, "x-gone"));
        Assert.Null(RouteYaml.Text(request, "x-secret"));
        Assert.Equal("", RouteYaml.Text(request, "x-empty"));
        Assert.Equal("/p", RouteYaml.Text(request, "x-path"));
        Assert.Null(RouteYaml.Text(request, "x-if"));
        Assert.Equal("1", RouteYaml.Text(request, "x-absent"));
        Assert.Equal("route,host,table", Response(route));

        HeaderMap again = RouteYaml.Request("h", "/p");
        Nuncio.Core.Routing.Route most = RouteYaml.Match(RouteYaml.Table(Yaml.Replace("WINS", "true", StringComparison.Ordinal)), again)!;
        Apply(most, again);
        Assert.Equal("route", RouteYaml.Text(again, "x-over"));
        Assert.Equal("table,host,route", Response(most));
    }

    [Fact]
    public void FilterConfigs_MergeAndSwitch()
    {
        RouteTable table = RouteYaml.Table("""
            name: t
            typed_per_filter_config:
              buffer: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute, buffer: {max_request_bytes: 1}}
              off: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true}
            virtual_hosts:
            - name: h
              domains: ["*"]
              typed_per_filter_config:
                off: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {}}
                optional:
                  "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
                  is_optional: true
                  config: {"@type": type.googleapis.com/google.protobuf.Duration, value: 1s}
              routes:
              - match: {path: /route}
                route: {cluster: a}
                typed_per_filter_config:
                  buffer:
                    "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
                    config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute, buffer: {max_request_bytes: 2}}
              - match: {prefix: /}
                route: {cluster: a}
            """);
        Nuncio.Core.Routing.Route route = RouteYaml.Match(table, RouteYaml.Request("h", "/route"))!;
        Nuncio.Core.Routing.Route other = RouteYaml.Match(table, RouteYaml.Request("h", "/"))!;
        int buffer = FilterNames.Intern("buffer");
        Assert.Equal(2u, route.FilterConfig(buffer));
        Assert.Equal(2, route.FilterConfigs(buffer).Length);
        Assert.Equal(1u, other.FilterConfig(buffer));
        Assert.False(route.FilterDisabled(FilterNames.Intern("off")));
        Assert.False(route.FilterDisabled(FilterNames.Intern("optional")));
        Assert.Null(route.FilterConfig(FilterNames.Intern("optional")));
        Assert.Null(route.FilterDisabled(FilterNames.Intern("never-named")));
    }

    [Fact]
    public void ValidateClustersOff_LetsUnknownClustersPass()
    {
        RouteTable table = RouteYaml.Table("""
            validate_clusters: false
            virtual_hosts: [{name: h, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: unknown}}]}]
            """);
        Assert.Same(ClusterRef.Of("unknown"), RouteYaml.Match(table, RouteYaml.Request("h", "/"))!.Action!.Cluster);
    }

    [Fact]
    public void TenThousandRoutes_AreConvertedAndFound()
    {
        var yaml = new StringBuilder("routes:\n");
        for (int i = 0; i < 10_000; i++)
        {
            yaml.Append("- {match: {").Append(i % 2 == 0 ? "path" : "prefix").Append(": /r").Append(i).Append("/}, route: {cluster: a}, name: r").Append(i).Append("}\n");
        }

        RouteTable table = RouteYaml.Host(yaml.ToString());
        Assert.Equal("r0", Name(table, "h", "/r0/"));
        Assert.Equal("r9998", Name(table, "h", "/r9998/"));
        Assert.Equal("r9999", Name(table, "h", "/r9999/x"));
        Assert.Null(RouteYaml.Match(table, RouteYaml.Request("h", "/r9998/x")));
    }

    private static string? Name(RouteTable table, string authority, string path) => RouteYaml.Match(table, RouteYaml.Request(authority, path))?.Name;

    private static RouteAction Action(string yaml) =>
        RouteYaml.Match(RouteYaml.Route("match: {prefix: /}\n" + yaml), RouteYaml.Request("h", "/"))!.Action!;

    private static DirectResponseAction Direct(string yaml) =>
        RouteYaml.Match(RouteYaml.Route("match: {prefix: /}\ndirect_response: " + yaml), RouteYaml.Request("h", "/"))!.DirectResponse!;

    private static HeaderMap Applied(string yaml, HeaderMap request)
    {
        Apply(RouteYaml.Match(RouteYaml.Route(yaml), request)!, request);
        return request;
    }

    private static void Apply(Nuncio.Core.Routing.Route route, HeaderMap request) =>
        route.ApplyRequestHeaders(request, new FormatContext(new StreamInfo(), request, null, null, 0, 0), new ByteWriter());

    private static string? Response(Nuncio.Core.Routing.Route route)
    {
        HeaderMap response = new HeaderMapPool().Rent();
        route.ApplyResponseHeaders(response, new FormatContext(new StreamInfo(), null, response, null, 0, 0), new ByteWriter());
        return RouteYaml.Text(response, "x-all");
    }
}
