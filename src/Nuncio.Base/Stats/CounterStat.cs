namespace Nuncio.Base.Stats;

/// <summary>A counter: the sum of one <see cref="Counter"/> cell per thread.</summary>
/// <remarks>Read by any thread; <see cref="Latch"/> and <see cref="Reset"/> by the main thread.</remarks>
public sealed class CounterStat : Stat
{
    private readonly Counter?[] _cells;
    private long _baseline;
    private long _latched;

    internal CounterStat(in StatIdentity identity, int cellCount)
        : base(identity) => _cells = new Counter?[cellCount];

    /// <inheritdoc/>
    public override StatKind Kind => StatKind.Counter;

    /// <inheritdoc/>
    public override bool Used => Total != 0;

    /// <summary>What was counted since the start or the last <c>reset_counters</c>.</summary>
    public long Value => Total - Volatile.Read(ref _baseline);

    /// <summary>What was counted since the start, whatever was reset.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < _cells.Length; i++)
            {
                total += Volatile.Read(ref _cells[i])?.Value ?? 0;
            }

            return total;
        }
    }

    /// <summary>What <see cref="Total"/> was at the last flush.</summary>
    public long Flushed => _latched;

    /// <summary>What was counted between the last two flushes: what sinks send.</summary>
    public long LatchedDelta { get; private set; }

    /// <summary>The cell of an index, made when it is first asked for. Under the store's lock.</summary>
    internal Counter Cell(int index, out bool made)
    {
        made = _cells[index] is null;
        Counter cell = _cells[index] ?? new Counter();
        Volatile.Write(ref _cells[index], cell);
        return cell;
    }

    internal void Latch()
    {
        long total = Total;
        LatchedDelta = total - _latched;
        _latched = total;
    }

    internal void Reset() => Volatile.Write(ref _baseline, Total);
}
