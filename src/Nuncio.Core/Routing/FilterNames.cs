using System.Collections.Concurrent;

namespace Nuncio.Core.Routing;

/// <summary>
/// Names of configured HTTP filters made into small numbers when configuration is loaded, so that a filter finds its
/// configuration on a route by index. Any thread; lives as long as the process.
/// </summary>
public static class FilterNames
{
    private static readonly ConcurrentDictionary<string, int> s_ids = new(StringComparer.Ordinal);
    private static int s_next = -1;

    /// <summary>The number of a name; control plane only.</summary>
    public static int Intern(string name) =>
        s_ids.TryGetValue(name, out int known) ? known : s_ids.GetOrAdd(name, static _ => Interlocked.Increment(ref s_next));
}
