namespace Nuncio.Base.Stats;

/// <summary>A gauge: the sum of one <see cref="Gauge"/> cell per thread. Read by any thread.</summary>
public sealed class GaugeStat : Stat
{
    private readonly Gauge?[] _cells;

    internal GaugeStat(in StatIdentity identity, int cellCount, bool hidden)
        : base(identity)
    {
        _cells = new Gauge?[cellCount];
        Hidden = hidden;
    }

    /// <inheritdoc/>
    public override StatKind Kind => StatKind.Gauge;

    /// <inheritdoc/>
    public override bool Hidden { get; }

    /// <inheritdoc/>
    public override bool Used
    {
        get
        {
            for (int i = 0; i < _cells.Length; i++)
            {
                if (Volatile.Read(ref _cells[i]) is { Used: true })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// The sum of the cells, at least 0: cells are read one after the other while their owners write, so that an object counted
    /// up on one worker and down on another can be seen going before it came.
    /// </summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _cells.Length; i++)
            {
                sum += Volatile.Read(ref _cells[i])?.Value ?? 0;
            }

            return Math.Max(sum, 0);
        }
    }

    /// <summary>The cell of an index, made when it is first asked for. Under the store's lock.</summary>
    internal Gauge Cell(int index, out bool made)
    {
        made = _cells[index] is null;
        Gauge cell = _cells[index] ?? new Gauge();
        Volatile.Write(ref _cells[index], cell);
        return cell;
    }
}
