using System.Runtime.CompilerServices;
using Nuncio.Core.Pools;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Clusters;

/// <summary>What one thread keeps of one host: its pools and counters. Owner: that thread; made with its first use of the host.</summary>
internal sealed class WorkerHost(Host host, HostStats stats)
{
    private HttpConnectionPool? _default;
    private HttpConnectionPool? _high;

    /// <summary>Pools of connections that may not be shared, each there while it has connections; null until the first.</summary>
    private Dictionary<(ResourcePriority Priority, UpstreamSocketOptions Options), HttpConnectionPool>? _apart;

    /// <summary>The host.</summary>
    public readonly Host Host = host;

    /// <summary>This thread's counters of it.</summary>
    public readonly HostStats Stats = stats;

    /// <summary>Whether the host has left the cluster: connections are not kept any more.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The pool of a priority.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HttpConnectionPool Pool(WorkerCluster cluster, ResourcePriority priority) =>
        (priority == ResourcePriority.Default ? _default : _high) ?? MakePool(cluster, priority);

    /// <summary>The pool of a priority and options.</summary>
    public HttpConnectionPool Pool(WorkerCluster cluster, ResourcePriority priority, UpstreamSocketOptions options)
    {
        _apart ??= [];
        if (!_apart.TryGetValue((priority, options), out HttpConnectionPool? pool))
        {
            pool = new HttpConnectionPool(cluster, this, priority, options);
            _apart.Add((priority, options), pool);
        }

        return pool;
    }

    /// <summary>Idle connections close now, busy ones after their streams.</summary>
    public void Drain()
    {
        IsDraining = true;
        _default?.Drain();
        _high?.Drain();
        if (_apart is not null)
        {
            HttpConnectionPool[] pools = [.. _apart.Values];
            foreach (HttpConnectionPool pool in pools)
            {
                pool.Drain();
            }
        }
    }

    /// <summary>A drained pool, or one of own options, has no connection left.</summary>
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
        else if (pool.SocketOptions is { } options)
        {
            _apart!.Remove((pool.Priority, options));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HttpConnectionPool MakePool(WorkerCluster cluster, ResourcePriority priority)
    {
        HttpConnectionPool pool = new(cluster, this, priority, null);
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
