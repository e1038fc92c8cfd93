namespace Nuncio.Core.Streams;

/// <summary>
/// Values that filters leave for later filters, routes and logs: namespace, then key. Made lazily; most streams have none.
/// Values are <see cref="string"/>, <see cref="double"/>, <see cref="bool"/>, null, or nested dictionaries and lists of these.
/// </summary>
public sealed class DynamicMetadata
{
    private readonly Dictionary<string, Dictionary<string, object?>> _namespaces = new(StringComparer.Ordinal);

    /// <summary>The values of a namespace, or null.</summary>
    public Dictionary<string, object?>? Find(string ns) => _namespaces.GetValueOrDefault(ns);

    /// <summary>Sets one value.</summary>
    public void Set(string ns, string key, object? value)
    {
        if (!_namespaces.TryGetValue(ns, out Dictionary<string, object?>? values))
        {
            _namespaces.Add(ns, values = new Dictionary<string, object?>(StringComparer.Ordinal));
        }

        values[key] = value;
    }
}
