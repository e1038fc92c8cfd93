using System.Text;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Routes;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Config.Tests.Routes;

/// <summary>Route configurations written as users write them, loaded and converted.</summary>
internal static class RouteYaml
{
    /// <summary>Clusters that exist in these tests.</summary>
    internal static readonly HashSet<string> Clusters = ["a", "b", "c"];

    /// <summary>The table of a configuration that must be right.</summary>
    internal static RouteTable Table(string yaml, LayeredRuntime? runtime = null)
    {
        var errors = new ConfigErrors();
        RouteTable? table = Convert(yaml, errors, runtime);
        Assert.Empty(errors.Items);
        return table!;
    }

    /// <summary>The table of one virtual host for all domains, from what stands below it.</summary>
    internal static RouteTable Host(string yaml, LayeredRuntime? runtime = null) =>
        Table("name: t\nvirtual_hosts:\n- name: h\n  domains: ['*']\n" + Indent(yaml, "  "), runtime);

    /// <summary>The table of one route.</summary>
    internal static RouteTable Route(string yaml, LayeredRuntime? runtime = null) => Host("routes:\n- " + Indent(yaml, "  ").TrimStart(), runtime);

    /// <summary>What is wrong with a configuration, one line for each error: path and message.</summary>
    internal static string Errors(string yaml)
    {
        var errors = new ConfigErrors();
        Assert.Null(Convert(yaml, errors));
        var text = new StringBuilder();
        foreach (ConfigError error in errors.Items)
        {
            Assert.True(error.Position is { Line: > 0 }, "every error has its line");
            text.Append(error.Path).Append(": ").Append(error.Message).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The same for one route below one virtual host.</summary>
    internal static string RouteErrors(string yaml) => Errors(
        "name: t\nvirtual_hosts:\n- name: h\n  domains: ['*']\n  routes:\n  - " + Indent(yaml, "    ").TrimStart());

    /// <summary>Request headers: method, authority, path, and more.</summary>
    internal static HeaderMap Request(string authority, string path, params (string Name, string Value)[] more)
    {
        HeaderMap headers = new HeaderMapPool().Rent();
        headers.Add(":method"u8, "GET"u8);
        headers.Add(":scheme"u8, "http"u8);
        headers.Add(":authority"u8, Encoding.UTF8.GetBytes(authority));
        headers.Add(":path"u8, Encoding.UTF8.GetBytes(path));
        headers.Add("x-forwarded-proto"u8, "http"u8);
        foreach ((string name, string value) in more)
        {
            headers.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    /// <summary>The route of a request.</summary>
    internal static Nuncio.Core.Routing.Route? Match(RouteTable table, HeaderMap headers, ulong random = 0) =>
        table.Match(new RouteInput(headers, new StreamInfo { Random = random }));

    /// <summary>A header's value.</summary>
    internal static string? Text(HeaderMap headers, string name) =>
        headers.TryGetJoined(Encoding.UTF8.GetBytes(name), out ReadOnlySpan<byte> value) ? Encoding.UTF8.GetString(value) : null;

    private static string Indent(string yaml, string by)
    {
        var text = new StringBuilder();
        foreach (string line in yaml.Split('\n'))
        {
            text.Append(by).Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static RouteTable? Convert(string yaml, ConfigErrors errors, LayeredRuntime? runtime = null)
    {
        LoadedMessage<RouteConfiguration>? loaded =
            ConfigLoader.LoadMessage<RouteConfiguration>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);
        if (loaded is null)
        {
            return null;
        }

        var context = new RouteContext { Runtime = runtime ?? new LayeredRuntime(), FilterConfigs = new BufferOnly(), Clusters = Clusters };
        return RouteConfigurationConverter.Convert(loaded.Message, context, loaded.Root(errors));
    }

    /// <summary>Knows the buffer filter's route configuration; its object is the number of bytes.</summary>
    private sealed class BufferOnly : IRouteFilterConfigs
    {
        public bool Knows(string filterName, Any config) => config.Is(BufferPerRoute.Descriptor);

        public object? Create(string filterName, Any config, ConfigScope scope)
        {
            if (!Knows(filterName, config))
            {
                scope.Error($"no filter is configured by {config.TypeUrl}");
                return null;
            }

            return config.Unpack<BufferPerRoute>().Buffer?.MaxRequestBytes ?? 0u;
        }
    }
}
