using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>ROUND_ROBIN with equal weights: plain rotation from a random start. Owner: one worker.</summary>
internal sealed class RoundRobinPicker : HostPicker
{
    private readonly Host[] _hosts;
    private uint _index;

    /// <param name="hosts">The source; not empty.</param>
    /// <param name="start">Where the rotation starts or goes on.</param>
    public RoundRobinPicker(Host[] hosts, ulong start)
    {
        _hosts = hosts;
        _index = (uint)(start % (uint)hosts.Length);
    }

    /// <summary>Place of the next host, for the picker that follows this one.</summary>
    public ulong Next => _index;

    /// <inheritdoc/>
    public override bool IsEmpty => false;

    /// <inheritdoc/>
    public override Host Pick()
    {
        Host[] hosts = _hosts;
        uint index = _index;
        if (index >= (uint)hosts.Length)
        {
            index = 0;
        }

        _index = index + 1;
        return hosts[index];
    }
}
