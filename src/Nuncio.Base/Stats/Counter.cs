using System.Runtime.CompilerServices;

namespace Nuncio.Base.Stats;

/// <summary>One thread's cell of a counter: what feature code holds and increments.</summary>
/// <remarks>
/// Owner: the thread of the cell's index is the only writer, so an increment is one plain add. Any thread may read
/// (<see cref="CounterStat.Value"/> sums the cells). Made by <see cref="StatScope.Counter"/>; goes on working, uncounted, after
/// its stat left the store. Invariant: never decreases; <c>reset_counters</c> moves a baseline in <see cref="CounterStat"/>
/// instead.
/// </remarks>
public sealed class Counter
{
    private long _value;

    internal Counter()
    {
    }

    /// <summary>What this cell alone has counted.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Inc() => _value++;

    /// <summary>Adds <paramref name="amount"/>, which must not be negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long amount) => _value += amount;
}
