using System.Globalization;
using Nuncio.Base.Stats;

namespace Nuncio.Core.Clusters;

/// <summary>
/// One family of response counters: <c>upstream_rq_completed</c>, <c>upstream_rq_Nxx</c> and <c>upstream_rq_NNN</c>. Owner: one
/// worker. A code's own counter is made when it is first seen.
/// </summary>
public sealed class ResponseCodeStats
{
    private const int FirstCode = 100;
    private const int LastCode = 599;

    private readonly StatScope _scope;
    private readonly Counter _completed;
    private readonly Counter?[] _classes = new Counter?[6];
    private readonly Counter?[] _codes = new Counter?[LastCode + 1 - FirstCode];

    /// <param name="scope">The cluster's scope, or one below it such as <c>retry</c>.</param>
    public ResponseCodeStats(StatScope scope)
    {
        _scope = scope;
        _completed = scope.Counter("upstream_rq_completed");
    }

    /// <summary>Counts one response.</summary>
    public void Charge(int status)
    {
        _completed.Inc();
        int index = status - FirstCode;
        if ((uint)index >= (uint)_codes.Length)
        {
            return;
        }

        (_codes[index] ?? MakeCode(status))?.Inc();
        (_classes[status / 100] ?? MakeClass(status / 100))?.Inc();
    }

    /// <summary>Counts one response, whatever its code.</summary>
    public void ChargeWithoutCode() => _completed.Inc();

    /// <summary>Holds the counters that <paramref name="before"/> has made, so that they do not go with it.</summary>
    public void Continue(ResponseCodeStats before)
    {
        for (int i = 0; i < _codes.Length; i++)
        {
            if (before._codes[i] is not null && _codes[i] is null)
            {
                MakeCode(FirstCode + i);
            }
        }

        for (int i = 0; i < _classes.Length; i++)
        {
            if (before._classes[i] is not null && _classes[i] is null)
            {
                MakeClass(i);
            }
        }
    }

    private Counter? MakeCode(int status) => _codes[status - FirstCode] = Make(status.ToString(CultureInfo.InvariantCulture));

    private Counter? MakeClass(int digit) => _classes[digit] = Make(digit.ToString(CultureInfo.InvariantCulture) + "xx");

    // A request may outlive the statistics of a cluster that was removed.
    private Counter? Make(string name) => _scope.IsDisposed ? null : _scope.Counter("upstream_rq_" + name);
}
