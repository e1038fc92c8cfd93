using Nuncio.Base.Stats;
using Nuncio.Config.Extensibility;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>
/// The subscriptions of this process for filters' configuration: one for each kind, name and file, shared by all listeners that name it.
/// </summary>
/// <remarks>Owner: the main thread. One per process.</remarks>
public sealed class ExtensionConfigSubscriptions
{
    private readonly Dictionary<(string Kind, string Filter, string Path), ExtensionConfigSubscription> _all = [];

    /// <summary>What the log says of them; null says nothing. Set before the first listener warms.</summary>
    public IExtensionConfigLog? Log { get; set; }

    /// <summary>What becomes of fields that nobody knows. Set before the first listener warms.</summary>
    public UnknownFieldPolicy UnknownFields { get; set; }

    /// <summary>Files that are watched.</summary>
    public int Count => _all.Count;

    /// <summary>What was found and is in effect, of one kind of filter.</summary>
    public IEnumerable<ExtensionConfigSnapshot> Found(string kind)
    {
        foreach (((string Kind, string Filter, string Path) key, ExtensionConfigSubscription subscription) in _all)
        {
            if (key.Kind == kind && subscription.Last is { } last)
            {
                yield return new ExtensionConfigSnapshot(kind, key.Filter, last.TypedConfig, last.Version, subscription.UpdatedAtUtcTicks);
            }
        }
    }

    internal void Join(IExtensionConfigUser user, string kind, string filter, string path, FactoryContext context)
    {
        (string, string, string) key = (kind, filter, path);
        if (_all.TryGetValue(key, out ExtensionConfigSubscription? known))
        {
            known.Add(user);
            return;
        }

        StatScope root = context.Stats.Root();
        StatScope scope = root.SubScope("extension_config_discovery." + kind + "." + filter);
        var subscription = new ExtensionConfigSubscription(
            filter, path, new ExtensionConfigStats(scope), root.Counter("server.dynamic_unknown_fields"), context.MainDispatcher)
        {
            Log = Log,
            UnknownFields = UnknownFields,
            Unused = () =>
            {
                _all.Remove(key);
                scope.Dispose();
            },
        };
        _all.Add(key, subscription);
        subscription.Add(user);
        subscription.Start();
    }
}
