using Nuncio.Core.Routing;
using Nuncio.Http.Headers;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>How long a request may take: the route's word, or that of a trusted client's header. Stateless.</summary>
internal static class RequestTimeout
{
    private const long NanosPerMilli = 1_000_000;

    /// <summary>Longest time a header may ask for; beyond it the number is nonsense.</summary>
    private const long MaxMillis = 365L * 24 * 3600 * 1000;

    /// <summary>The timeout in nanoseconds, 0 for none; takes the headers that ask for it out of the request.</summary>
    internal static long Take(HeaderMap headers, RouteAction action, RouterConfig config)
    {
        long timeout = action.TimeoutNanos;
        if (config.RespectExpectedTimeout && headers.TryGetNumber(KnownHeader.XEnvoyExpectedRqTimeoutMs, out long expected))
        {
            timeout = Math.Min(expected, MaxMillis) * NanosPerMilli;
        }
        else if (headers.TryGetNumber(KnownHeader.XEnvoyUpstreamRqTimeoutMs, out long asked))
        {
            timeout = Math.Min(asked, MaxMillis) * NanosPerMilli;
        }

        headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutMs);
        headers.Remove(KnownHeader.XEnvoyExpectedRqTimeoutMs);
        return timeout;
    }
}
