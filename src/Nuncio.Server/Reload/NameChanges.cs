using Google.Protobuf;

namespace Nuncio.Server.Reload;

/// <summary>Names of resources of one kind that come, change and go. Immutable.</summary>
internal sealed record NameChanges(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    /// <summary>Names shown of a kind; a line of the log must not list a thousand.</summary>
    private const int MaxShown = 20;

    private readonly HashSet<string> _new = new([.. Added, .. Changed], StringComparer.Ordinal);

    internal bool IsEmpty => Added.Count == 0 && Changed.Count == 0 && Removed.Count == 0;

    /// <summary>Whether the resource must be made anew.</summary>
    internal bool IsNew(string name) => _new.Contains(name);

    internal static NameChanges Between(Dictionary<string, IMessage> now, Dictionary<string, IMessage> next) => new(
        [.. next.Keys.Where(name => !now.ContainsKey(name))],
        [.. next.Where(pair => now.TryGetValue(pair.Key, out IMessage? before) && !before.Equals(pair.Value)).Select(static pair => pair.Key)],
        [.. now.Keys.Where(name => !next.ContainsKey(name))]);

    internal void AddTo(List<string> parts, string kind)
    {
        Add(parts, kind + " added", Added);
        Add(parts, kind + " changed", Changed);
        Add(parts, kind + " removed", Removed);
    }

    private static void Add(List<string> parts, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            string more = names.Count > MaxShown ? $" and {names.Count - MaxShown} more" : "";
            parts.Add($"{what}: {string.Join(", ", names.Take(MaxShown))}{more}");
        }
    }
}
