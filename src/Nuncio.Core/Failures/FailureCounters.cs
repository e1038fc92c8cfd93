using Nuncio.Base.Stats;

namespace Nuncio.Core.Failures;

/// <summary>
/// The counters that the rows of the failure table name, in one scope, on one worker: counting a failure is finding it by its
/// kind. Owner: the worker. Kinds that the connection or the pool counts where they happen are left to those.
/// </summary>
public sealed class FailureCounters
{
    private readonly Counter?[] _counters = new Counter?[FailureTable.Rows.Count];

    /// <summary>Makes the counters of all rows that count in <paramref name="kind"/>.</summary>
    public FailureCounters(StatScope scope, CounterScope kind)
    {
        foreach (FailureRow row in FailureTable.Rows)
        {
            if (row.CounterScope == kind && !row.Counter.StartsWith("downstream_cx_", StringComparison.Ordinal))
            {
                _counters[(int)row.Kind] = scope.Counter(row.Counter);
            }
        }
    }

    /// <summary>Counts one failure, if its row counts in this scope.</summary>
    public void Count(FailureKind kind) => _counters[(int)kind]?.Inc();
}
