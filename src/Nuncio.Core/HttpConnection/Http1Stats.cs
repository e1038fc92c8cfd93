using Nuncio.Base.Stats;
using Nuncio.Http.Http1;

namespace Nuncio.Core.HttpConnection;

/// <summary><c>http1.</c> and <c>cluster.&lt;name&gt;.http1.</c> of one worker: what HTTP/1 codecs count.</summary>
public sealed class Http1Stats(StatScope scope) : IHttp1Counters
{
    private readonly Counter _dropped = scope.Counter("dropped_headers_with_underscores");
    private readonly Counter _rejected = scope.Counter("requests_rejected_with_underscores_in_headers");
    private readonly Counter _flood = scope.Counter("response_flood");
    private readonly Counter _mismatch = scope.Counter("body_length_mismatch");

    /// <inheritdoc/>
    public void DroppedHeaderWithUnderscore() => _dropped.Inc();

    /// <inheritdoc/>
    public void RequestRejectedWithUnderscore() => _rejected.Inc();

    /// <inheritdoc/>
    public void ResponseFlood() => _flood.Inc();

    /// <inheritdoc/>
    public void BodyLengthMismatch() => _mismatch.Inc();
}
