using System.Collections.Concurrent;

namespace Nuncio.Core.Runtime;

/// <summary>
/// The process's runtime values: layers of which a later one wins, one of them perhaps the operator's. Hands out
/// <see cref="RuntimeKey"/>s while configuration is loaded and keeps their values true.
/// </summary>
/// <remarks>
/// Owner: the main thread changes it; keys may be asked for from any thread that loads configuration. Lives as long as the process.
/// Invariant: every key handed out holds the value of <see cref="Snapshot"/>. Envoy: bootstrap.v3.LayeredRuntime.
/// </remarks>
public sealed class LayeredRuntime
{
    /// <summary>Values an operator may set; a guard against a runaway script.</summary>
    public const int MaxAdminValues = 10_000;

    private readonly ConcurrentDictionary<string, RuntimeKey> _keys = new(StringComparer.Ordinal);
    private volatile RuntimeSnapshot _snapshot;

    /// <summary>A runtime of these layers, weakest first.</summary>
    public LayeredRuntime(IReadOnlyList<RuntimeLayer> layers) => _snapshot = new RuntimeSnapshot(layers);

    /// <summary>A runtime without values.</summary>
    public LayeredRuntime()
        : this([])
    {
    }

    /// <summary>The values now.</summary>
    public RuntimeSnapshot Snapshot => _snapshot;

    /// <summary>Whether an operator may change values.</summary>
    public bool HasAdminLayer => AdminIndex(_snapshot.Layers) >= 0;

    /// <summary>The key of this name; control plane only.</summary>
    public RuntimeKey Key(string name)
    {
        if (_keys.TryGetValue(name, out RuntimeKey? known))
        {
            return known;
        }

        RuntimeKey key = _keys.GetOrAdd(name, static n => new RuntimeKey(n));
        key.Entry = _snapshot.Values.GetValueOrDefault(name);
        return key;
    }

    /// <summary>The key of a configuration field: null when the field is empty.</summary>
    public RuntimeKey? KeyOrNull(string name) => name.Length == 0 ? null : Key(name);

    /// <summary>
    /// Main thread: sets values in the operator's layer, or with an empty text takes them out of it. False, and nothing changed,
    /// when there is no such layer or it would hold too much.
    /// </summary>
    public bool TrySetAdminValues(IReadOnlyDictionary<string, string> changes)
    {
        IReadOnlyList<RuntimeLayer> layers = _snapshot.Layers;
        int index = AdminIndex(layers);
        if (index < 0)
        {
            return false;
        }

        var values = new Dictionary<string, RuntimeEntry>(layers[index].Values, StringComparer.Ordinal);
        foreach ((string key, string text) in changes)
        {
            if (text.Length == 0)
            {
                values.Remove(key);
            }
            else
            {
                values[key] = RuntimeEntry.FromOperator(text);
            }
        }

        if (values.Count > MaxAdminValues)
        {
            return false;
        }

        RuntimeLayer[] changed = [.. layers];
        changed[index] = changed[index] with { Values = values };
        Publish(new RuntimeSnapshot(changed));
        return true;
    }

    private static int AdminIndex(IReadOnlyList<RuntimeLayer> layers)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            if (layers[i].IsAdmin)
            {
                return i;
            }
        }

        return -1;
    }

    private void Publish(RuntimeSnapshot snapshot)
    {
        _snapshot = snapshot;
        foreach (RuntimeKey key in _keys.Values)
        {
            key.Entry = snapshot.Values.GetValueOrDefault(key.Name);
        }
    }
}
