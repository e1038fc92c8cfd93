using System.Text;
using Nuncio.Core.Extensibility;

namespace Nuncio.Core.Clusters;

/// <summary>One worker's table of clusters: a place per <see cref="ClusterRef"/>, and names for the few who have only a name.</summary>
/// <remarks>
/// Owner: the worker; the <see cref="ClusterManager"/> changes it by posting. Made with its <see cref="WorkerContext"/>, lives as long.
/// </remarks>
public sealed class WorkerClusters
{
    /// <summary>Longest name that is looked up by bytes; Envoy puts no limit on names, a header value that long names nothing.</summary>
    private const int MaxNameLength = 1024;

    private readonly Dictionary<string, WorkerCluster> _byName = new(StringComparer.Ordinal);
    private WorkerCluster?[] _table = [];

    /// <summary>An empty table.</summary>
    public WorkerClusters(WorkerContext worker) => Worker = worker;

    /// <summary>The worker.</summary>
    public WorkerContext Worker { get; }

    /// <summary>The cluster of a reference, or null when there is none of that name.</summary>
    public WorkerCluster? Find(ClusterRef reference)
    {
        WorkerCluster?[] table = _table;
        int index = reference.Index;
        return (uint)index < (uint)table.Length ? table[index] : null;
    }

    /// <summary>The cluster of a name in UTF-8 (<c>cluster_header</c>), or null. Allocates nothing.</summary>
    public WorkerCluster? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxNameLength)
        {
            return null;
        }

        Span<char> text = stackalloc char[MaxNameLength];
        return Encoding.UTF8.TryGetChars(name, text, out int length) &&
            _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out WorkerCluster? cluster)
                ? cluster
                : null;
    }

    /// <summary>The cluster of a name, or null.</summary>
    public WorkerCluster? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Puts a cluster in its place; the one that was there drains.</summary>
    internal void Set(WorkerCluster cluster)
    {
        int index = cluster.Info.Reference.Index;
        if (index >= _table.Length)
        {
            Array.Resize(ref _table, Math.Max(index + 1, _table.Length * 2));
        }

        WorkerCluster? before = _table[index];
        _table[index] = cluster;
        _byName[cluster.Info.Name] = cluster;
        before?.Drain();
    }

    /// <summary>Takes a cluster out; it drains. Nothing happens when another version of it took its place.</summary>
    internal void Remove(WorkerCluster cluster)
    {
        int index = cluster.Info.Reference.Index;
        if (index < _table.Length && ReferenceEquals(_table[index], cluster))
        {
            _table[index] = null;
            _byName.Remove(cluster.Info.Name);
        }

        cluster.Drain();
    }
}
