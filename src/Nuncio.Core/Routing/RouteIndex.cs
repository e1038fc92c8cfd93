namespace Nuncio.Core.Routing;

/// <summary>
/// Finds the candidates among many routes: those with a path or prefix by look-ups, all others by walking. The candidate that was
/// written first wins, so the order of the routes still decides. Immutable; any thread.
/// </summary>
internal sealed class RouteIndex
{
    /// <summary>Below this many paths walking is as quick.</summary>
    private const int MinPaths = 8;

    /// <summary>Prefixes are looked up once for each length there is; fewer for each length are walked.</summary>
    private const int MinPrefixesPerLength = 4;

    private readonly ByteMap<int[]> _exact;
    private readonly Prefixes[] _prefixes;
    private readonly int[] _others;

    private RouteIndex(ByteMap<int[]> exact, Prefixes[] prefixes, int[] others)
    {
        _exact = exact;
        _prefixes = prefixes;
        _others = others;
    }

    /// <summary>The index of these routes; null when it would not help.</summary>
    internal static RouteIndex? For(Route[] routes)
    {
        var exact = new PathGroups();
        var prefixes = new SortedDictionary<int, PathGroups>();
        var others = new List<int>();
        int prefixCount = 0;
        for (int i = 0; i < routes.Length; i++)
        {
            RouteMatcher matcher = routes[i].Matcher;
            if (matcher.IndexedPath is not { } path)
            {
                others.Add(i);
            }
            else if (matcher.PathKind == PathMatchKind.Exact)
            {
                exact.Add(path, i);
            }
            else
            {
                if (!prefixes.TryGetValue(path.Length, out PathGroups? same))
                {
                    prefixes.Add(path.Length, same = new PathGroups());
                }

                same.Add(path, i);
                prefixCount++;
            }
        }

        if (prefixCount < MinPrefixesPerLength * prefixes.Count || prefixCount < MinPaths)
        {
            foreach (PathGroups group in prefixes.Values)
            {
                group.MoveTo(others);
            }

            others.Sort();
            prefixes.Clear();
        }

        if (exact.Count < MinPaths && prefixes.Count == 0)
        {
            return null;
        }

        var byLength = new List<Prefixes>(prefixes.Count);
        foreach ((int length, PathGroups group) in prefixes)
        {
            byLength.Add(new Prefixes(length, group.ToMap()));
        }

        return new RouteIndex(exact.ToMap(), [.. byLength], [.. others]);
    }

    /// <summary>The first of the routes that takes the request.</summary>
    internal Route? FirstMatch(Route[] routes, in RouteInput input, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        int best = FirstOf(_exact.Find(path), routes.Length, routes, input, path, query);
        foreach (Prefixes prefixes in _prefixes)
        {
            if (prefixes.Length > path.Length)
            {
                break;
            }

            best = FirstOf(prefixes.Routes.Find(path[..prefixes.Length]), best, routes, input, path, query);
        }

        best = FirstOf(_others, best, routes, input, path, query);
        return best < routes.Length ? routes[best] : null;
    }

    /// <summary>The first candidate before <paramref name="best"/> that takes the request, else <paramref name="best"/>.</summary>
    private static int FirstOf(
        ReadOnlySpan<int> candidates, int best, Route[] routes, in RouteInput input, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        foreach (int candidate in candidates)
        {
            if (candidate >= best)
            {
                break;
            }

            if (routes[candidate].Matcher.Matches(input.Headers, input.Info.Random, path, query))
            {
                return candidate;
            }
        }

        return best;
    }

    private sealed record Prefixes(int Length, ByteMap<int[]> Routes);

    /// <summary>Routes by path while the index is built.</summary>
    private sealed class PathGroups
    {
        private readonly Dictionary<string, List<int>> _routes = new(StringComparer.Ordinal);

        internal int Count => _routes.Count;

        internal void Add(byte[] path, int route)
        {
            string key = Convert.ToHexString(path);
            if (!_routes.TryGetValue(key, out List<int>? same))
            {
                _routes.Add(key, same = []);
            }

            same.Add(route);
        }

        internal void MoveTo(List<int> others)
        {
            foreach (List<int> same in _routes.Values)
            {
                others.AddRange(same);
            }
        }

        internal ByteMap<int[]> ToMap()
        {
            var map = new ByteMap<int[]>(_routes.Count);
            foreach ((string key, List<int> same) in _routes)
            {
                map.TryAdd(Convert.FromHexString(key), [.. same]);
            }

            return map;
        }
    }
}
