using Nuncio.Base.Random;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>
/// Chooses among the hosts of one source (a priority and an availability) by one policy. Owner: one worker; made anew when the
/// source's hosts change.
/// </summary>
internal abstract class HostPicker
{
    /// <summary>Whether the source has no host.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The next host; null when there is none. Allocates nothing.</summary>
    public abstract Host? Pick();

    /// <summary>
    /// The picker for a source. <paramref name="before"/> is the one it replaces, whose place in the rotation is kept, so that a
    /// change of hosts does not send every worker back to the first one.
    /// </summary>
    public static HostPicker For(Host[] hosts, LoadBalancingConfig config, RandomSource random, HostPicker? before)
    {
        if (hosts.Length == 0)
        {
            return EmptyPicker.Instance;
        }

        switch (config.Policy)
        {
            case LoadBalancingPolicyKind.Random:
                return new RandomPicker(hosts, random);
            case LoadBalancingPolicyKind.LeastRequest:
                return WeightsDiffer(hosts)
                    ? new WeightedPicker(hosts, random, config.ActiveRequestBias)
                    : new LeastRequestPicker(hosts, config, random);
            default:
                return WeightsDiffer(hosts)
                    ? new WeightedPicker(hosts, random, 0)
                    : new RoundRobinPicker(hosts, before is RoundRobinPicker rotation ? rotation.Next : random.NextUInt64());
        }
    }

    private static bool WeightsDiffer(Host[] hosts)
    {
        foreach (Host host in hosts)
        {
            if (host.Weight != hosts[0].Weight)
            {
                return true;
            }
        }

        return false;
    }
}
