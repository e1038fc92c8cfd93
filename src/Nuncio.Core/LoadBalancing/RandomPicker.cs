using Nuncio.Base.Random;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>RANDOM: any host, uniformly; weights do not count, as in Envoy. Owner: one worker.</summary>
internal sealed class RandomPicker(Host[] hosts, RandomSource random) : HostPicker
{
    /// <inheritdoc/>
    public override bool IsEmpty => false;

    /// <inheritdoc/>
    public override Host Pick() => hosts[random.Next((uint)hosts.Length)];
}
