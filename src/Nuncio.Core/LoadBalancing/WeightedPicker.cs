using Nuncio.Base.Random;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>
/// Hosts by weight, smoothly: an earliest-deadline-first schedule in which a host comes due every 1/weight. For LEAST_REQUEST the
/// weight is divided by (active requests + 1) to the power of the bias when the host is put back. Owner: one worker.
/// </summary>
/// <remarks>
/// A binary heap in one array. Equal deadlines go to the one that was put in first, so that the order is the same for the same
/// start. The start is random, so that workers do not all send their first request to the heaviest host.
/// </remarks>
internal sealed class WeightedPicker : HostPicker
{
    /// <summary>Picks skipped at most to find a random start: enough to leave the beginning of any usual schedule.</summary>
    private const uint MaxSkipped = 1024;

    private readonly Entry[] _heap;
    private readonly double _bias;
    private double _now;
    private ulong _order;

    /// <param name="hosts">The source; not empty.</param>
    /// <param name="random">Where the start comes from.</param>
    /// <param name="bias">How much active requests count; 0 for ROUND_ROBIN.</param>
    public WeightedPicker(Host[] hosts, RandomSource random, double bias)
    {
        _bias = bias;
        _heap = new Entry[hosts.Length];
        for (int i = 0; i < hosts.Length; i++)
        {
            _heap[i] = new Entry(hosts[i], 1 / WeightOf(hosts[i]), _order++);
        }

        for (int i = _heap.Length / 2 - 1; i >= 0; i--)
        {
            SiftDown(i);
        }

        for (uint skipped = random.Next(Math.Min(MaxSkipped, (uint)hosts.Length * 16)); skipped > 0; skipped--)
        {
            Pick();
        }
    }

    /// <inheritdoc/>
    public override bool IsEmpty => false;

    /// <inheritdoc/>
    public override Host Pick()
    {
        ref Entry top = ref _heap[0];
        Host host = top.Host;
        _now = top.Deadline;
        top = new Entry(host, _now + 1 / WeightOf(host), _order++);
        SiftDown(0);
        return host;
    }

    private double WeightOf(Host host)
    {
        if (_bias == 0)
        {
            return host.Weight;
        }

        double active = host.SharedActiveRequests + 1;
        return host.Weight / (_bias == 1 ? active : Math.Pow(active, _bias));
    }

    private void SiftDown(int at)
    {
        Entry[] heap = _heap;
        Entry moved = heap[at];
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && heap[child + 1].ComesBefore(heap[child]))
            {
                child++;
            }

            if (!heap[child].ComesBefore(moved))
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = moved;
    }

    private readonly struct Entry(Host host, double deadline, ulong order)
    {
        public readonly Host Host = host;
        public readonly double Deadline = deadline;
        private readonly ulong _order = order;

        public bool ComesBefore(in Entry other) => Deadline < other.Deadline || (Deadline == other.Deadline && _order < other._order);
    }
}
