using System.Buffers.Text;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// Clusters of which each request draws one, by its own random bits, so that drawing again gives the same. Envoy:
/// route.v3.WeightedCluster. Immutable once its table is built; any thread.
/// </summary>
public sealed class WeightedClusters
{
    /// <summary>Clusters of one route, so that weights read from runtime fit on the stack.</summary>
    public const int MaxClusters = 1000;

    private readonly WeightedClusterEntry[] _clusters;
    private readonly uint[] _ends;
    private readonly HeaderKey? _randomHeader;
    private readonly bool _readsRuntime;
    private Route[] _routes = [];

    /// <summary>Clusters whose weights add up to 1 at least and to 2^32 - 1 at most.</summary>
    /// <param name="clusters">The clusters.</param>
    /// <param name="randomHeader">A request header that holds the number drawn; null draws by the stream's random bits.</param>
    public WeightedClusters(IReadOnlyList<WeightedClusterEntry> clusters, HeaderKey? randomHeader = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clusters.Count, MaxClusters);
        _clusters = [.. clusters];
        _randomHeader = randomHeader;
        _ends = new uint[_clusters.Length];
        uint end = 0;
        for (int i = 0; i < _clusters.Length; i++)
        {
            end = checked(end + _clusters[i].Weight);
            _ends[i] = end;
            _readsRuntime |= _clusters[i].RuntimeWeight is not null;
        }
    }

    /// <summary>The clusters.</summary>
    public ReadOnlySpan<WeightedClusterEntry> Items => _clusters;

    /// <summary>Draws; null when runtime made the weights add up to nothing or to too much.</summary>
    internal Route? Draw(in RouteInput input)
    {
        ulong random = RandomOf(input);
        return _readsRuntime ? DrawByRuntime(random) : Find(_ends, random);
    }

    internal void Complete(Route parent, RouteTable table, VirtualHost host)
    {
        _routes = new Route[_clusters.Length];
        for (int i = 0; i < _clusters.Length; i++)
        {
            _routes[i] = parent.ForWeighted(_clusters[i]);
            _routes[i].Complete(table, host);
        }
    }

    private Route? DrawByRuntime(ulong random)
    {
        Span<uint> ends = stackalloc uint[_clusters.Length];
        ulong end = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            ulong weight = _clusters[i].CurrentWeight;
            if (weight > uint.MaxValue || end + weight > uint.MaxValue)
            {
                return null;
            }

            end += weight;
            ends[i] = (uint)end;
        }

        return Find(ends, random);
    }

    private Route? Find(ReadOnlySpan<uint> ends, ulong random)
    {
        uint total = ends.IsEmpty ? 0 : ends[^1];
        if (total == 0)
        {
            return null;
        }

        uint drawn = (uint)(random % total);
        for (int i = 0; i < ends.Length; i++)
        {
            if (drawn < ends[i])
            {
                return _routes[i];
            }
        }

        return null;
    }

    private ulong RandomOf(in RouteInput input)
    {
        if (_randomHeader is { } header)
        {
            // Envoy: a header that comes twice counts as none, or one request could be drawn differently at different places.
            HeaderValues values = header.GetAll(input.Headers);
            if (values.MoveNext())
            {
                ReadOnlySpan<byte> text = values.Current;
                if (!values.MoveNext() && Utf8Parser.TryParse(text, out ulong number, out int used) && used == text.Length)
                {
                    return number;
                }
            }
        }

        return input.Info.Random;
    }
}
