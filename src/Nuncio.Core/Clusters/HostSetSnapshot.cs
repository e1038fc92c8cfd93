using Nuncio.Core.LoadBalancing;

namespace Nuncio.Core.Clusters;

/// <summary>
/// The hosts of a cluster at one moment, as the main thread publishes them to the workers. Immutable, any thread; a priority that
/// did not change is the same object as in the snapshot before.
/// </summary>
public sealed class HostSetSnapshot
{
    /// <summary>No hosts.</summary>
    public static readonly HostSetSnapshot Empty = new([PrioritySnapshot.Empty], [], new LoadBalancingConfig());

    private HostSetSnapshot(PrioritySnapshot[] priorities, Host[] removed, LoadBalancingConfig config)
    {
        Priorities = priorities;
        Removed = removed;
        Loads = PriorityLoads.Of(priorities, config);
    }

    /// <summary>The priorities; never empty.</summary>
    public PrioritySnapshot[] Priorities { get; }

    /// <summary>Hosts of the snapshot before that are not in this one: their pools drain.</summary>
    public Host[] Removed { get; }

    /// <summary>How traffic is shared among the priorities.</summary>
    public PriorityLoads Loads { get; }

    /// <summary>Number of hosts.</summary>
    public int HostCount
    {
        get
        {
            int count = 0;
            foreach (PrioritySnapshot priority in Priorities)
            {
                count += priority.All.Length;
            }

            return count;
        }
    }

    /// <summary>
    /// The snapshot that follows this one when the cluster's hosts are <paramref name="hosts"/>; this one when nothing changed.
    /// </summary>
    public HostSetSnapshot Next(IReadOnlyList<Host> hosts, LoadBalancingConfig config)
    {
        int count = 1;
        foreach (Host host in hosts)
        {
            count = Math.Max(count, host.Priority + 1);
        }

        List<Host>[] sorted = new List<Host>[count];
        for (int i = 0; i < count; i++)
        {
            sorted[i] = [];
        }

        foreach (Host host in hosts)
        {
            sorted[host.Priority].Add(host);
        }

        bool changed = count != Priorities.Length;
        PrioritySnapshot[] priorities = new PrioritySnapshot[count];
        for (int i = 0; i < count; i++)
        {
            bool same = i < Priorities.Length && Priorities[i].All.AsSpan().SequenceEqual(sorted[i].ToArray());
            priorities[i] = same ? Priorities[i] : new PrioritySnapshot([.. sorted[i]]);
            changed |= !same;
        }

        return changed ? new HostSetSnapshot(priorities, Missing(hosts), config) : this;
    }

    private Host[] Missing(IReadOnlyList<Host> hosts)
    {
        HashSet<Host> kept = [.. hosts];
        List<Host> missing = [];
        foreach (PrioritySnapshot priority in Priorities)
        {
            foreach (Host host in priority.All)
            {
                if (!kept.Contains(host))
                {
                    missing.Add(host);
                }
            }
        }

        return [.. missing];
    }
}
