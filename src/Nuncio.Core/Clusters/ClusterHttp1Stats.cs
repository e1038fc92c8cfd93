using Nuncio.Base.Stats;
using Nuncio.Http.Http1;

namespace Nuncio.Core.Clusters;

/// <summary>What a cluster's HTTP/1 codecs count on one worker (<c>cluster.&lt;name&gt;.http1.*</c>). Owner: that worker.</summary>
internal sealed class ClusterHttp1Stats(StatScope scope) : IHttp1Counters
{
    private readonly Counter _droppedUnderscore = scope.Counter("dropped_headers_with_underscores");
    private readonly Counter _rejectedUnderscore = scope.Counter("requests_rejected_with_underscores_in_headers");
    private readonly Counter _responseFlood = scope.Counter("response_flood");

    /// <inheritdoc/>
    public void DroppedHeaderWithUnderscore() => _droppedUnderscore.Inc();

    /// <inheritdoc/>
    public void RequestRejectedWithUnderscore() => _rejectedUnderscore.Inc();

    /// <inheritdoc/>
    public void ResponseFlood() => _responseFlood.Inc();

    /// <inheritdoc/>
    public void BodyLengthMismatch()
    {
    }
}
