using Nuncio.Core.Routing;
using Nuncio.Http.Headers;

namespace Nuncio.Core.HttpConnection;

/// <summary>The control headers that only trusted clients may send, and their removal from everyone else's requests.</summary>
internal static class InternalHeaders
{
    private static readonly KnownHeader[] s_external =
    [
        KnownHeader.XEnvoyRetryOn,
        KnownHeader.XEnvoyRetryGrpcOn,
        KnownHeader.XEnvoyMaxRetries,
        KnownHeader.XEnvoyRetriableStatusCodes,
        KnownHeader.XEnvoyRetriableHeaderNames,
        KnownHeader.XEnvoyUpstreamAltStatName,
        KnownHeader.XEnvoyUpstreamRqTimeoutMs,
        KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs,
        KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse,
        KnownHeader.XEnvoyExpectedRqTimeoutMs,
        KnownHeader.XEnvoyForceTrace,
        KnownHeader.XEnvoyIpTags,
        KnownHeader.XEnvoyOriginalUrl,
        KnownHeader.XEnvoyHedgeOnPerTryTimeout,
    ];

    private static readonly KnownHeader[] s_edge =
    [
        KnownHeader.XEnvoyDecoratorOperation,
        KnownHeader.XEnvoyDownstreamServiceCluster,
        KnownHeader.XEnvoyDownstreamServiceNode,
        KnownHeader.XEnvoyOriginalPath,
        KnownHeader.XEnvoyOriginalHost,
    ];

    /// <summary>Removes them from a request that is not internal; more of them at the edge.</summary>
    internal static void Remove(HeaderMap headers, bool isEdge, RouteTable routes)
    {
        foreach (KnownHeader header in s_external)
        {
            headers.Remove(header);
        }

        if (isEdge)
        {
            foreach (KnownHeader header in s_edge)
            {
                headers.Remove(header);
            }
        }

        routes.RemoveInternalOnlyHeaders(headers);
    }
}
