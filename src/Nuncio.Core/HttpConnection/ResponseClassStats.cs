using Nuncio.Base.Stats;

namespace Nuncio.Core.HttpConnection;

/// <summary>Completed requests by class of status, downstream side. One worker's cells.</summary>
public sealed class ResponseClassStats(StatScope scope)
{
    private readonly Counter _completed = scope.Counter("downstream_rq_completed");
    private readonly Counter[] _classes =
    [
        scope.Counter("downstream_rq_1xx"),
        scope.Counter("downstream_rq_2xx"),
        scope.Counter("downstream_rq_3xx"),
        scope.Counter("downstream_rq_4xx"),
        scope.Counter("downstream_rq_5xx"),
    ];

    /// <summary>Counts one completed request.</summary>
    public void Count(int status)
    {
        _completed.Inc();
        uint index = (uint)((status / 100) - 1);
        if (index < (uint)_classes.Length)
        {
            _classes[index].Inc();
        }
    }
}
