using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>
/// How traffic is shared among the priorities of a cluster, and which of them are in panic. Immutable, any thread; computed once per
/// change of hosts. Envoy: "priority levels", "panic threshold", "degraded endpoints" of its load balancing pages.
/// </summary>
/// <remarks>
/// A priority's health is its percentage of usable hosts times the overprovisioning factor, 100 at most. Load goes to healthy hosts
/// in order of priority, what is left to degraded ones in order of priority. Shares sum to 100.
/// </remarks>
public sealed class PriorityLoads
{
    private readonly int[] _healthy;
    private readonly int[] _degraded;
    private readonly bool[] _panic;

    private PriorityLoads(int[] healthy, int[] degraded, bool[] panic)
    {
        _healthy = healthy;
        _degraded = degraded;
        _panic = panic;
        IsSimple = healthy[0] == 100;
    }

    /// <summary>Whether all traffic goes to the healthy hosts (or, in panic, to all hosts) of priority 0.</summary>
    public bool IsSimple { get; }

    /// <summary>Percent of traffic that healthy hosts of a priority get.</summary>
    public int HealthyLoad(int priority) => _healthy[priority];

    /// <summary>Percent of traffic that degraded hosts of a priority get.</summary>
    public int DegradedLoad(int priority) => _degraded[priority];

    /// <summary>Whether a priority uses all its hosts because too few are usable.</summary>
    public bool IsInPanic(int priority) => _panic[priority];

    /// <summary>The priority and availability that a hash falls on.</summary>
    public int Choose(ulong hash, out bool degraded)
    {
        int point = (int)(hash % 100) + 1;
        int sum = 0;
        degraded = false;
        for (int i = 0; i < _healthy.Length; i++)
        {
            sum += _healthy[i];
            if (point <= sum)
            {
                return i;
            }
        }

        degraded = true;
        for (int i = 0; i < _degraded.Length; i++)
        {
            sum += _degraded[i];
            if (point <= sum)
            {
                return i;
            }
        }

        // Shares sum to 100, so that this is not reached.
        degraded = false;
        return 0;
    }

    /// <summary>The loads of a host set.</summary>
    public static PriorityLoads Of(PrioritySnapshot[] priorities, LoadBalancingConfig config)
    {
        int count = priorities.Length;
        int[] health = new int[count];
        int[] degradedHealth = new int[count];
        int available = 0;
        for (int i = 0; i < count; i++)
        {
            health[i] = Availability(priorities[i].Healthy.Length, priorities[i].CountedCount, config);
            degradedHealth[i] = Availability(priorities[i].Degraded.Length, priorities[i].CountedCount, config);
            available += health[i] + degradedHealth[i];
        }

        available = Math.Min(100, available);
        int[] healthy = new int[count];
        int[] degraded = new int[count];
        bool[] panic = new bool[count];
        if (available > 0)
        {
            int left = Distribute(healthy, health, 100, available, out int firstHealthy);
            left = Distribute(degraded, degradedHealth, left, available, out int firstDegraded);

            // What rounding left over goes to the first that has anything.
            if (firstHealthy >= 0)
            {
                healthy[firstHealthy] += left;
            }
            else
            {
                degraded[firstDegraded] += left;
            }
        }

        ApplyPanic(priorities, config, available, healthy, degraded, panic);
        return new PriorityLoads(healthy, degraded, panic);
    }

    private static int Availability(int usable, int all, LoadBalancingConfig config) =>
        all == 0 ? 0 : (int)Math.Min(100L, (long)config.OverprovisioningFactor * usable / all);

    private static int Distribute(int[] loads, int[] availability, int total, int available, out int first)
    {
        first = -1;
        for (int i = 0; i < loads.Length; i++)
        {
            if (first < 0 && availability[i] > 0)
            {
                first = i;
            }

            loads[i] = Math.Min(total, availability[i] * 100 / available);
            total -= loads[i];
        }

        return total;
    }

    private static void ApplyPanic(
        PrioritySnapshot[] priorities, LoadBalancingConfig config, int available, int[] healthy, int[] degraded, bool[] panic)
    {
        double threshold = Math.Min(100, config.HealthyPanicThreshold);
        if (threshold <= 0 && available == 0)
        {
            // Panic is off and nothing is usable: the load must still be somewhere for the choice to find nobody there.
            healthy[0] = 100;
            return;
        }

        bool total = true;
        int hosts = 0;
        for (int i = 0; i < panic.Length; i++)
        {
            PrioritySnapshot priority = priorities[i];
            hosts += priority.All.Length;
            double usable = priority.CountedCount == 0
                ? 0
                : 100.0 * (priority.Healthy.Length + priority.Degraded.Length) / priority.CountedCount;

            // While the priorities together have capacity for everything, none panics.
            panic[i] = available < 100 && usable < threshold;
            total &= panic[i];
        }

        if (total)
        {
            ShareByHostCount(priorities, hosts, healthy, degraded);
        }
    }

    /// <summary>Everything is in panic: load follows the number of hosts, usable or not.</summary>
    private static void ShareByHostCount(PrioritySnapshot[] priorities, int hosts, int[] healthy, int[] degraded)
    {
        Array.Clear(healthy);
        Array.Clear(degraded);
        if (hosts == 0)
        {
            healthy[0] = 100;
            return;
        }

        int left = 100;
        int first = -1;
        for (int i = 0; i < priorities.Length; i++)
        {
            int count = priorities[i].All.Length;
            if (first < 0 && count > 0)
            {
                first = i;
            }

            healthy[i] = (int)(100L * count / hosts);
            left -= healthy[i];
        }

        healthy[first] += left;
    }
}
