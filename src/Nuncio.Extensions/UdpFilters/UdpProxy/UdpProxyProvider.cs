using Nuncio.Core.Extensibility;
using Nuncio.Core.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>A UDP proxy of one listener, shared by workers. Immutable but for a place for each worker's counters.</summary>
/// <param name="config">What it does.</param>
/// <param name="cells">Threads that count.</param>
public sealed class UdpProxyProvider(UdpProxyConfig config, int cells) : UdpFilterProvider
{
    private readonly UdpProxyStats?[] _stats = new UdpProxyStats?[cells];

    /// <summary>What it does.</summary>
    public UdpProxyConfig Config => config;

    /// <inheritdoc/>
    public override UdpFilter CreateForWorker(WorkerContext worker, UdpListenerContext listener)
    {
        var stats = new UdpProxyStats(worker.Stats.SubScope("udp." + config.StatPrefix));
        Volatile.Write(ref _stats[worker.Dispatcher.Index], stats);
        return new UdpProxyFilter(this, worker, stats);
    }

    /// <summary>The sum of a counter over all workers, as of now.</summary>
    internal long Total(Func<UdpProxyStats, long> value)
    {
        long sum = 0;
        for (int i = 0; i < _stats.Length; i++)
        {
            sum += Volatile.Read(ref _stats[i]) is { } stats ? value(stats) : 0;
        }

        return sum;
    }
}
