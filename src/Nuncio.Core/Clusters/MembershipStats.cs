using Nuncio.Base.Stats;

namespace Nuncio.Core.Clusters;

/// <summary>What the main thread counts of one cluster's hosts and updates (<c>cluster.&lt;name&gt;.*</c>). Owner: main thread.</summary>
public sealed class MembershipStats(StatScope scope)
{
    /// <summary><c>cluster.&lt;name&gt;</c>.</summary>
    public readonly StatScope Scope = scope;

    public readonly Counter MembershipChange = scope.Counter("membership_change");
    public readonly Gauge MembershipTotal = scope.Gauge("membership_total");
    public readonly Gauge MembershipHealthy = scope.Gauge("membership_healthy");
    public readonly Gauge MembershipDegraded = scope.Gauge("membership_degraded");
    public readonly Gauge MembershipExcluded = scope.Gauge("membership_excluded");
    public readonly Gauge MaxHostWeight = scope.Gauge("max_host_weight");
    public readonly Gauge Version = scope.Gauge("version");
    public readonly Gauge WarmingState = scope.Gauge("warming_state");
    public readonly Counter UpdateAttempt = scope.Counter("update_attempt");
    public readonly Counter UpdateSuccess = scope.Counter("update_success");
    public readonly Counter UpdateFailure = scope.Counter("update_failure");
    public readonly Counter UpdateEmpty = scope.Counter("update_empty");
    public readonly Counter UpdateNoRebuild = scope.Counter("update_no_rebuild");

    /// <summary>Lets go of the statistics: the cluster is gone. A newer version of it holds them by its own scope.</summary>
    public void Dispose() => Scope.Dispose();

    /// <summary>Sets the gauges to what <paramref name="hosts"/> holds.</summary>
    public void Set(HostSetSnapshot hosts)
    {
        int total = 0;
        int healthy = 0;
        int degraded = 0;
        int excluded = 0;
        uint maxWeight = 0;
        foreach (PrioritySnapshot priority in hosts.Priorities)
        {
            total += priority.All.Length;
            healthy += priority.Healthy.Length;
            degraded += priority.Degraded.Length;
            excluded += priority.ExcludedCount;
            foreach (Host host in priority.All)
            {
                maxWeight = Math.Max(maxWeight, host.Weight);
            }
        }

        MembershipTotal.Set(total);
        MembershipHealthy.Set(healthy);
        MembershipDegraded.Set(degraded);
        MembershipExcluded.Set(excluded);
        MaxHostWeight.Set(maxWeight);
    }
}
