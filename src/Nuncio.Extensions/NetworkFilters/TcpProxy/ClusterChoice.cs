using Nuncio.Base.Random;
using Nuncio.Core.Clusters;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// The clusters a TCP proxy forwards to; one is drawn by weight for each attempt to connect. Immutable, any thread. Envoy:
/// <c>cluster</c> (a single one) and <c>weighted_clusters</c>.
/// </summary>
public sealed class ClusterChoice
{
    private readonly ClusterRef[] _clusters;

    /// <summary>Sums of the weights up to and including each cluster.</summary>
    private readonly ulong[] _upTo;

    /// <param name="clusters">At least one; weights of 1 or more.</param>
    public ClusterChoice(IReadOnlyList<(ClusterRef Cluster, uint Weight)> clusters)
    {
        _clusters = new ClusterRef[clusters.Count];
        _upTo = new ulong[clusters.Count];
        ulong sum = 0;
        for (int i = 0; i < _clusters.Length; i++)
        {
            _clusters[i] = clusters[i].Cluster;
            _upTo[i] = sum += clusters[i].Weight;
        }
    }

    /// <summary>The single cluster.</summary>
    public static ClusterChoice Of(string name) => new([(ClusterRef.Of(name), 1)]);

    /// <summary>A cluster, as likely as its share of the weights.</summary>
    public ClusterRef Draw(RandomSource random)
    {
        if (_clusters.Length == 1)
        {
            return _clusters[0];
        }

        ulong drawn = random.NextUInt64() % _upTo[^1];
        int at = 0;
        while (drawn >= _upTo[at])
        {
            at++;
        }

        return _clusters[at];
    }
}
