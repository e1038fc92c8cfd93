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

        (_codes[index] ?? MakeCode(status)).Inc();
        (_classes[status / 100] ?? MakeClass(status / 100)).Inc();
    }

    private Counter MakeCode(int status) =>
        _codes[status - FirstCode] = _scope.Counter("upstream_rq_" + status.ToString(CultureInfo.InvariantCulture));

    private Counter MakeClass(int digit) =>
        _classes[digit] = _scope.Counter("upstream_rq_" + digit.ToString(CultureInfo.InvariantCulture) + "xx");
}
