using Nuncio.Base.Random;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>
/// LEAST_REQUEST with equal weights: of some random hosts (two, "the power of two choices") the one with the fewest requests in
/// flight over all workers; or of all hosts, one of those with the fewest. Owner: one worker.
/// </summary>
internal sealed class LeastRequestPicker(Host[] hosts, LoadBalancingConfig config, RandomSource random) : HostPicker
{
    private readonly int _choices = config.ChoiceCount;
    private readonly bool _fullScan = config.FullScan;

    /// <inheritdoc/>
    public override bool IsEmpty => false;

    /// <inheritdoc/>
    public override Host Pick()
    {
        if (hosts.Length == 1)
        {
            return hosts[0];
        }

        return _fullScan ? PickOfAll() : PickOfSome();
    }

    private Host PickOfSome()
    {
        Host best = hosts[random.Next((uint)hosts.Length)];
        int least = best.SharedActiveRequests;
        for (int i = 1; i < _choices; i++)
        {
            Host candidate = hosts[random.Next((uint)hosts.Length)];
            int active = candidate.SharedActiveRequests;
            if (active < least)
            {
                best = candidate;
                least = active;
            }
        }

        return best;
    }

    private Host PickOfAll()
    {
        Host best = hosts[0];
        int least = best.SharedActiveRequests;
        uint ties = 1;
        for (int i = 1; i < hosts.Length; i++)
        {
            Host candidate = hosts[i];
            int active = candidate.SharedActiveRequests;
            if (active < least)
            {
                best = candidate;
                least = active;
                ties = 1;
            }
            else if (active == least && random.Next(++ties) == 0)
            {
                // Each of the n hosts that tie ends up chosen with probability 1/n.
                best = candidate;
            }
        }

        return best;
    }
}
