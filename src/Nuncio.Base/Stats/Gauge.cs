using System.Runtime.CompilerServices;

namespace Nuncio.Base.Stats;

/// <summary>One thread's cell of a gauge.</summary>
/// <remarks>
/// Owner: the thread of the cell's index is the only writer; any thread may read. The gauge's value is the sum of its cells, so
/// one cell may be negative (an object counted up on one worker and down on another), but a sum is shown as 0 at the least.
/// <see cref="Set"/> sets this cell only: gauges that are set rather than counted belong to one thread, usually the main thread.
/// </remarks>
public sealed class Gauge
{
    private long _value;
    private bool _used;

    internal Gauge()
    {
    }

    /// <summary>What this cell alone holds.</summary>
    public long Value => Volatile.Read(ref _value);

    internal bool Used => Volatile.Read(ref _used);

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Inc()
    {
        _value++;
        _used = true;
    }

    /// <summary>Takes one away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dec()
    {
        _value--;
        _used = true;
    }

    /// <summary>Adds <paramref name="amount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long amount)
    {
        _value += amount;
        _used = true;
    }

    /// <summary>Takes <paramref name="amount"/> away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Sub(long amount)
    {
        _value -= amount;
        _used = true;
    }

    /// <summary>Replaces this cell's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(long value)
    {
        _value = value;
        _used = true;
    }
}
