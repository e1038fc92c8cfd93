using Nuncio.Core.Clusters;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// Routes for some domains, the first that matches wins. Envoy: route.v3.VirtualHost. Immutable once its <see cref="RouteTable"/>
/// is built; any thread.
/// </summary>
public sealed class VirtualHost
{
    private readonly Route[] _routes;
    private readonly RouteIndex? _index;

    /// <summary>A virtual host; its table makes it complete.</summary>
    public VirtualHost(string name, IReadOnlyList<string> domains, IReadOnlyList<Route> routes, RouteLevel? level = null)
    {
        Name = name;
        Domains = domains;
        _routes = [.. routes];
        _index = RouteIndex.For(_routes);
        Level = level ?? RouteLevel.Empty;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its domains as written.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>Its routes in order.</summary>
    public ReadOnlySpan<Route> Routes => _routes;

    /// <summary>Free-form facts about it.</summary>
    public ConfigMetadata? Metadata { get; init; }

    internal RouteLevel Level { get; }

    /// <summary>The first route that takes the request, one of its weighted clusters drawn; null when none does.</summary>
    public Route? Match(in RouteInput input)
    {
        if (!input.Headers.TryGet(KnownHeader.Path, out ReadOnlySpan<byte> target))
        {
            return null;
        }

        ReadOnlySpan<byte> path = PathRewrite.WithoutQuery(target);
        ReadOnlySpan<byte> query = default;
        if (path.Length < target.Length)
        {
            int question = target[path.Length..].IndexOf((byte)'?');
            query = question < 0 ? default : target[(path.Length + question + 1)..];
        }

        Route? route = _index is null
            ? FirstMatch(input, path, query)
            : _index.FirstMatch(_routes, input, path, query);
        return route?.Clusters is { } clusters ? clusters.Draw(input) : route;
    }

    internal void Complete(RouteTable table)
    {
        foreach (Route route in _routes)
        {
            route.Complete(table, this);
        }
    }

    private Route? FirstMatch(in RouteInput input, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        foreach (Route route in _routes)
        {
            if (route.Matcher.Matches(input.Headers, input.Info.Random, path, query))
            {
                return route;
            }
        }

        return null;
    }
}
