using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>
/// One worker's load balancer of one cluster: priority and availability first, then a host by policy. Owner: that worker; lives
/// with its <see cref="WorkerCluster"/>.
/// </summary>
internal sealed class WorkerLoadBalancer(LoadBalancingConfig config, RandomSource random, Counter panics)
{
    private HostSetSnapshot _hosts = HostSetSnapshot.Empty;
    private Level[] _levels = [new Level(PrioritySnapshot.Empty, EmptyPicker.Instance, EmptyPicker.Instance, EmptyPicker.Instance)];

    /// <summary>The host for a request; null when none can be used. Allocates nothing.</summary>
    public Host? Choose(in LoadBalancerContext context)
    {
        // No policy here looks at the request; hashing ones will.
        _ = context;
        PriorityLoads loads = _hosts.Loads;
        int priority = 0;
        bool degraded = false;
        if (!loads.IsSimple)
        {
            priority = loads.Choose(random.NextUInt64(), out degraded);
        }

        Level level = _levels[priority];
        if (loads.IsInPanic(priority))
        {
            panics.Inc();
            return level.All.Pick();
        }

        return (degraded ? level.Degraded : level.Healthy).Pick();
    }

    /// <summary>Goes over to other hosts; priorities that did not change keep their schedules.</summary>
    public void Update(HostSetSnapshot hosts)
    {
        Level[] levels = new Level[hosts.Priorities.Length];
        for (int i = 0; i < levels.Length; i++)
        {
            PrioritySnapshot priority = hosts.Priorities[i];
            Level? before = i < _levels.Length ? _levels[i] : null;
            levels[i] = before is not null && ReferenceEquals(before.Hosts, priority) ? before : MakeLevel(priority, before);
        }

        _hosts = hosts;
        _levels = levels;
    }

    private Level MakeLevel(PrioritySnapshot hosts, Level? before)
    {
        HostPicker all = HostPicker.For(hosts.All, config, random, before?.All);
        HostPicker healthy = HostPicker.For(hosts.Healthy, config, random, before?.Healthy);
        HostPicker degraded = HostPicker.For(hosts.Degraded, config, random, before?.Degraded);
        return new Level(hosts, all, healthy, degraded);
    }

    /// <summary>The pickers of one priority, one per host source.</summary>
    private sealed class Level(PrioritySnapshot hosts, HostPicker all, HostPicker healthy, HostPicker degraded)
    {
        public readonly PrioritySnapshot Hosts = hosts;
        public readonly HostPicker All = all;
        public readonly HostPicker Healthy = healthy;
        public readonly HostPicker Degraded = degraded;
    }
}
