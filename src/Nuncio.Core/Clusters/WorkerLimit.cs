using System.Runtime.CompilerServices;
using Nuncio.Base.Stats;

namespace Nuncio.Core.Clusters;

/// <summary>One worker's handle on a shared limit; keeps the gauges of it true. Owner: that worker; lives with its <see cref="WorkerCluster"/>.</summary>
public sealed class WorkerLimit
{
    private readonly ResourceLimit _limit;
    private readonly int _cell;
    private readonly Gauge _open;
    private readonly Gauge? _remaining;

    internal WorkerLimit(ResourceLimit limit, int cell, Gauge open, Gauge? remaining)
    {
        _limit = limit;
        _cell = cell;
        _open = open;
        _remaining = remaining;
    }

    /// <summary>Whether a unit is free.</summary>
    public bool CanAcquire
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _limit.CanAcquire;
    }

    /// <summary>Takes a unit if one is free.</summary>
    public bool TryAcquire()
    {
        if (!_limit.CanAcquire)
        {
            return false;
        }

        Acquire();
        return true;
    }

    /// <summary>Takes a unit, over the limit if need be.</summary>
    public void Acquire()
    {
        if (_limit.Acquire(_cell))
        {
            // The gauge's cells sum to 1 while the limit is used up, whichever worker noticed.
            _open.Inc();
        }

        _remaining?.Dec();
    }

    /// <summary>Gives a unit back.</summary>
    public void Release()
    {
        if (_limit.Release(_cell))
        {
            _open.Dec();
        }

        _remaining?.Inc();
    }
}
