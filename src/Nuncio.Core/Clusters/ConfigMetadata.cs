namespace Nuncio.Core.Clusters;

/// <summary>
/// Free-form facts of the configuration: namespace, then key. Values are <see cref="string"/>, <see cref="double"/>,
/// <see cref="bool"/>, null, or nested dictionaries and lists of these. Nothing changes it once it was made: any thread.
/// </summary>
public sealed class ConfigMetadata : IEquatable<ConfigMetadata>
{
    /// <summary>No facts.</summary>
    public static readonly ConfigMetadata Empty = new([], "");

    private readonly Dictionary<string, Dictionary<string, object?>> _namespaces;
    private readonly string _canonical;

    /// <param name="namespaces">The facts; the object keeps the dictionary.</param>
    /// <param name="canonical">A text that is the same for the same facts; what equality compares.</param>
    public ConfigMetadata(Dictionary<string, Dictionary<string, object?>> namespaces, string canonical)
    {
        _namespaces = namespaces;
        _canonical = canonical;
    }

    /// <summary>Whether there are no facts.</summary>
    public bool IsEmpty => _namespaces.Count == 0;

    /// <summary>The values of a namespace, or null.</summary>
    public IReadOnlyDictionary<string, object?>? Find(string ns) => _namespaces.GetValueOrDefault(ns);

    /// <inheritdoc/>
    public bool Equals(ConfigMetadata? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfigMetadata);

    /// <inheritdoc/>
    public override int GetHashCode() => _canonical.GetHashCode(StringComparison.Ordinal);
}
