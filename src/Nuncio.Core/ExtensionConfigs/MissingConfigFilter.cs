using Nuncio.Core.Failures;
using Nuncio.Core.HttpFilters;
using Nuncio.Http.Headers;

namespace Nuncio.Core.ExtensionConfigs;

/// <summary>
/// Stands in for a filter whose configuration was not found: a request must not pass where a filter was to look at it. Owner: the stream's
/// worker.
/// </summary>
internal sealed class MissingConfigFilter : HttpFilter
{
    /// <inheritdoc/>
    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Callbacks.Fail(new ProxyFailure(FailureKind.FilterConfigMissing));
        return HeadersStatus.StopIteration;
    }
}
