using System.Runtime.CompilerServices;
using Nuncio.Core.Pools;

namespace Nuncio.Core.Clusters;

/// <summary>What one thread keeps of one host: its pools and counters. Owner: that thread; made with its first use of the host.</summary>
internal sealed class WorkerHost(Host host)
{
    private HttpConnectionPool? _default;
    private HttpConnectionPool? _high;

    /// <summary>The host.</summary>
    public readonly Host Host = host;

    /// <summary>This thread's counters of it.</summary>
    public readonly HostStats Stats = new();

    /// <summary>Whether the host has left the cluster: connections are not kept any more.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The pool of a priority.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HttpConnectionPool Pool(WorkerCluster cluster, ResourcePriority priority) =>
        (priority == ResourcePriority.Default ? _default : _high) ?? MakePool(cluster, priority);

    /// <summary>Idle connections close now, busy ones after their streams.</summary>
    public void Drain()
    {
        IsDraining = true;
        _default?.Drain();
        _high?.Drain();
    }

    /// <summary>A drained pool has no connection left.</summary>
    public void Forget(HttpConnectionPool pool)
    {
        if (pool == _default)
        {
            _default = null;
        }
        else if (pool == _high)
        {
            _high = null;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HttpConnectionPool MakePool(WorkerCluster cluster, ResourcePriority priority)
    {
        HttpConnectionPool pool = new(cluster, this, priority);
        if (priority == ResourcePriority.Default)
        {
            _default = pool;
        }
        else
        {
            _high = pool;
        }

        return pool;
    }
}
