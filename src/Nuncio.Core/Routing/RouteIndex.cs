namespace Nuncio.Core.Routing;

/// <summary>
/// Finds the candidates among many routes: those with an exact path by a look-up, all others by walking; both in the order they
/// were written, so that the first match still wins. Immutable; any thread.
/// </summary>
internal sealed class RouteIndex
{
    /// <summary>Below this many exact paths walking is as quick.</summary>
    private const int MinExactPaths = 8;

    private readonly ByteMap<int[]> _exact;
    private readonly int[] _others;

    private RouteIndex(ByteMap<int[]> exact, int[] others)
    {
        _exact = exact;
        _others = others;
    }

    /// <summary>The index of these routes; null when it would not help.</summary>
    internal static RouteIndex? For(Route[] routes)
    {
        var exact = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var others = new List<int>();
        for (int i = 0; i < routes.Length; i++)
        {
            if (routes[i].Matcher.ExactPath is not { } path)
            {
                others.Add(i);
                continue;
            }

            string key = Convert.ToHexString(path);
            if (!exact.TryGetValue(key, out List<int>? same))
            {
                exact.Add(key, same = []);
            }

            same.Add(i);
        }

        if (exact.Count < MinExactPaths)
        {
            return null;
        }

        var map = new ByteMap<int[]>(exact.Count);
        foreach ((string key, List<int> same) in exact)
        {
            map.TryAdd(Convert.FromHexString(key), [.. same]);
        }

        return new RouteIndex(map, [.. others]);
    }

    internal Route? FirstMatch(Route[] routes, in RouteInput input, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        ReadOnlySpan<int> exact = _exact.Find(path);
        int e = 0, o = 0;
        while (e < exact.Length || o < _others.Length)
        {
            int next = o >= _others.Length || (e < exact.Length && exact[e] < _others[o]) ? exact[e++] : _others[o++];
            if (routes[next].Matcher.Matches(input.Headers, input.Info.Random, path, query))
            {
                return routes[next];
            }
        }

        return null;
    }
}
