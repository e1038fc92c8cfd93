using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Core.Listeners;
using WireBootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;
using WireListener = Envoy.Config.Listener.V3.Listener;

namespace Nuncio.Server.Reload;

/// <summary>What another configuration would change. Immutable.</summary>
internal sealed class ReloadDifference
{
    private const string StaticResources = "static_resources";

    private ReloadDifference(NameChanges listeners, NameChanges clusters, IReadOnlyList<string> needsRestart)
    {
        Listeners = listeners;
        Clusters = clusters;
        NeedsRestart = needsRestart;
    }

    internal NameChanges Listeners { get; }

    internal NameChanges Clusters { get; }

    /// <summary>Fields of the bootstrap that differ and are read at the start only.</summary>
    internal IReadOnlyList<string> NeedsRestart { get; }

    internal bool IsEmpty => Listeners.IsEmpty && Clusters.IsEmpty && NeedsRestart.Count == 0;

    /// <summary>Compares the running configuration with another.</summary>
    internal static ReloadDifference Between(WireBootstrap now, WireBootstrap next, IReadOnlyList<ListenerSnapshot> running)
    {
        var listeners = new Dictionary<string, IMessage>(StringComparer.Ordinal);
        string?[] names = NamesOf(next, running);
        for (int i = 0; i < names.Length; i++)
        {
            listeners[names[i] ?? $"listeners[{i}] (without a name)"] = next.StaticResources!.Listeners[i];
        }

        var runningListeners = running.Where(static l => l.Config.Source is IMessage).ToDictionary(static l => l.Config.Name, static l => (IMessage)l.Config.Source!);
        var clusters = (next.StaticResources?.Clusters ?? []).ToDictionary(static c => c.Name, static c => (IMessage)c);
        var runningClusters = (now.StaticResources?.Clusters ?? []).ToDictionary(static c => c.Name, static c => (IMessage)c);
        var needsRestart = new List<string>();
        foreach (FieldDescriptor field in WireBootstrap.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Name != StaticResources && !Equals(field.Accessor.GetValue(now), field.Accessor.GetValue(next)))
            {
                needsRestart.Add(field.Name);
            }
        }

        return new ReloadDifference(NameChanges.Between(runningListeners, listeners), NameChanges.Between(runningClusters, clusters), needsRestart);
    }

    /// <summary>
    /// The names of a configuration's listeners. One without a name replaces a running one without a name at the same address, and each of
    /// those once; null where there is none.
    /// </summary>
    internal static string?[] NamesOf(WireBootstrap next, IReadOnlyList<ListenerSnapshot> running)
    {
        var wire = next.StaticResources?.Listeners ?? [];
        var unnamed = running.Where(static l => l.Config.Source is WireListener { Name.Length: 0 }).ToList();
        var names = new string?[wire.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = wire[i].Name;
            if (wire[i].Name.Length == 0)
            {
                int place = unnamed.FindIndex(l => Equals(((WireListener)l.Config.Source!).Address, wire[i].Address));
                names[i] = place < 0 ? null : unnamed[place].Config.Name;
                if (place >= 0)
                {
                    unnamed.RemoveAt(place);
                }
            }
        }

        return names;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (IsEmpty)
        {
            return "nothing differs";
        }

        var parts = new List<string>();
        Listeners.AddTo(parts, "listeners");
        Clusters.AddTo(parts, "clusters");
        if (NeedsRestart.Count > 0)
        {
            parts.Add($"differs, but is read at the start only: {string.Join(", ", NeedsRestart)}");
        }

        return string.Join("; ", parts);
    }
}
