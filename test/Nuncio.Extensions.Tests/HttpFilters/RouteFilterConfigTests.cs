using Nuncio.Core.HttpFilters;
using Nuncio.Extensions.Tests.Component;

namespace Nuncio.Extensions.Tests.HttpFilters;

/// <summary><c>typed_per_filter_config</c> and <c>FilterConfig</c> on every level, in a whole proxy (HF-53).</summary>
public sealed class RouteFilterConfigTests
{
    private const string Filters = """
        - name: a
          disabled: true
          typed_config: { "@type": type.googleapis.com/envoy.config.core.v3.HeaderValue, key: a }
        - name: b
          typed_config: { "@type": type.googleapis.com/envoy.config.core.v3.HeaderValue, key: b }

        """;

    [Theory]
    [InlineData("/none", "b=vhost")]
    [InlineData("/route", "b=route")]
    [InlineData("/weighted", "b=weighted")]
    [InlineData("/on", "a=,b=vhost")]
    [InlineData("/on-with-config", "a=own,b=vhost")]
    [InlineData("/off", "")]
    public void MostSpecificLevelWins(string path, string expected)
    {
        var seen = new List<string>();
        FilterScript Noting(string name) => new()
        {
            RequestHeaders = (filter, _, _) =>
            {
                seen.Add($"{name}={filter.Stream.RouteConfig}");
                return HeadersStatus.Continue;
            },
        };
        using var chain = new FilterChainFixture(Noting("a"), Noting("b"), routes: Routes, filters: Filters, virtualHost: VirtualHost);
        chain.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.True(chain.Server.HasWaiting);
        Assert.Equal(expected, string.Join(',', seen));
    }

    [Theory]
    [InlineData("", "b=config")]
    [InlineData("\ntyped_per_filter_config: { b: { \"@type\": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: vhost } }", "b=vhost")]
    [InlineData("\ntyped_per_filter_config: { a: { \"@type\": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {} } }", "a=,b=config")]
    public void RouteConfiguration_IsTheLeastSpecificLevel(string virtualHost, string expected)
    {
        var seen = new List<string>();
        FilterScript Noting(string name) => new()
        {
            RequestHeaders = (filter, _, _) =>
            {
                seen.Add($"{name}={filter.Stream.RouteConfig}");
                return HeadersStatus.Continue;
            },
        };
        const string Level = """
            typed_per_filter_config:
              b: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: config }
            """;
        using var chain = new FilterChainFixture(Noting("a"), Noting("b"), filters: Filters, virtualHost: virtualHost, routeConfig: Level);
        chain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.True(chain.Server.HasWaiting);
        Assert.Equal(expected, string.Join(',', seen));
    }

    [Fact]
    public void UnknownFilter_IsRefused()
    {
        const string Unknown = """
            - name: x
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua }

            """;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => ProxyFixture.Http(filters: Unknown));
        Assert.Contains("envoy.extensions.filters.http.lua.v3.Lua is not supported by this version", error.Message);
    }

    private const string Routes = """
        - match: { path: /route }
          route: { cluster: up }
          typed_per_filter_config:
            b: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: route }
        - match: { path: /weighted }
          route:
            weighted_clusters:
              clusters:
              - name: up
                weight: 1
                typed_per_filter_config:
                  b: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: weighted }
          typed_per_filter_config:
            b: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: route }
        - match: { path: /on }
          route: { cluster: up }
          typed_per_filter_config:
            a: { "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {} }
        - match: { path: /on-with-config }
          route: { cluster: up }
          typed_per_filter_config:
            a: { "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: own } }
        - match: { path: /off }
          route: { cluster: up }
          typed_per_filter_config:
            b: { "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true }
        - match: { prefix: / }
          route: { cluster: up }
          typed_per_filter_config: {}
        """;

    private const string VirtualHost = """
        typed_per_filter_config:
          b: { "@type": type.googleapis.com/envoy.config.core.v3.DataSource, inline_string: vhost }
        """;
}
