using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.LoadBalancing;

/// <summary>What a host is chosen by. A ref struct so that nobody keeps it; hashes and overrides will join it.</summary>
public readonly ref struct LoadBalancerContext(StreamInfo? info, HeaderMap? headers = null)
{
    /// <summary>The stream or connection; null when there is none.</summary>
    public readonly StreamInfo? Info = info;

    /// <summary>The request; null at L4.</summary>
    public readonly HeaderMap? Headers = headers;
}
