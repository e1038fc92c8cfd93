using System.Collections.Frozen;

namespace Nuncio.Core.Runtime;

/// <summary>All runtime values at one moment, the layers and what they add up to: what the admin shows. Immutable; any thread.</summary>
/// <remarks>Code that serves requests does not look here: it holds <see cref="RuntimeKey"/>s.</remarks>
public sealed class RuntimeSnapshot
{
    internal RuntimeSnapshot(IReadOnlyList<RuntimeLayer> layers)
    {
        Layers = layers;
        var values = new Dictionary<string, RuntimeEntry>(StringComparer.Ordinal);
        foreach (RuntimeLayer layer in layers)
        {
            foreach ((string key, RuntimeEntry entry) in layer.Values)
            {
                values[key] = entry;
            }
        }

        Values = values.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The layers, weakest first.</summary>
    public IReadOnlyList<RuntimeLayer> Layers { get; }

    /// <summary>For every key the value of the strongest layer that has it.</summary>
    public FrozenDictionary<string, RuntimeEntry> Values { get; }
}
