using Nuncio.Core.Clusters;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Matching;

/// <summary>
/// A test on one value of metadata, found by namespace and path. Immutable; any thread. Envoy: <c>type.matcher.v3.MetadataMatcher</c>.
/// </summary>
public sealed class MetadataMatcher
{
    private readonly string _namespace;
    private readonly string[] _path;
    private readonly ValueMatcher _value;
    private readonly bool _invert;

    /// <param name="ns">The namespace, mostly a filter's name.</param>
    /// <param name="path">Keys from the namespace down to the value; at least one.</param>
    /// <param name="value">What is asked of it.</param>
    /// <param name="invert">Whether the answer is turned round, also that for a value that is not there.</param>
    public MetadataMatcher(string ns, IReadOnlyList<string> path, ValueMatcher value, bool invert = false)
    {
        ArgumentOutOfRangeException.ThrowIfZero(path.Count);
        _namespace = ns;
        _path = [.. path];
        _value = value;
        _invert = invert;
    }

    /// <summary>The answer for what filters have left; null is none.</summary>
    public bool Matches(DynamicMetadata? metadata) => Ask(metadata?.Find(_namespace));

    /// <summary>The answer for facts of the configuration; null is none.</summary>
    public bool Matches(ConfigMetadata? metadata) => Ask(metadata?.Find(_namespace));

    private bool Ask(IReadOnlyDictionary<string, object?>? values)
    {
        object? value = null;
        for (int i = 0; i < _path.Length; i++)
        {
            if (values is null || !values.TryGetValue(_path[i], out value))
            {
                return _invert;
            }

            values = value as IReadOnlyDictionary<string, object?>;
        }

        return _value.Matches(value) != _invert;
    }
}
