namespace Nuncio.Core.Clusters;

/// <summary>The hosts of one priority, by availability. Immutable, any thread; made by the main thread.</summary>
public sealed class PrioritySnapshot
{
    /// <summary>No hosts.</summary>
    public static readonly PrioritySnapshot Empty = new([]);

    /// <summary>Sorts <paramref name="hosts"/>, in their order, by health.</summary>
    public PrioritySnapshot(Host[] hosts)
    {
        All = hosts;
        Healthy = Select(hosts, HostHealth.Healthy);
        Degraded = Select(hosts, HostHealth.Degraded);
        foreach (Host host in hosts)
        {
            ExcludedCount += host.IsExcluded ? 1 : 0;
        }
    }

    /// <summary>All hosts.</summary>
    public Host[] All { get; }

    /// <summary>The hosts that are used.</summary>
    public Host[] Healthy { get; }

    /// <summary>The hosts that are used on shortage.</summary>
    public Host[] Degraded { get; }

    /// <summary>Hosts that shares and thresholds are computed without: those that drain.</summary>
    public int ExcludedCount { get; }

    /// <summary>Hosts that shares and thresholds are computed of.</summary>
    public int CountedCount => All.Length - ExcludedCount;

    private static Host[] Select(Host[] hosts, HostHealth health)
    {
        int count = 0;
        foreach (Host host in hosts)
        {
            count += host.Health == health ? 1 : 0;
        }

        if (count == hosts.Length)
        {
            return hosts;
        }

        Host[] selected = new Host[count];
        int next = 0;
        foreach (Host host in hosts)
        {
            if (host.Health == health)
            {
                selected[next++] = host;
            }
        }

        return selected;
    }
}
