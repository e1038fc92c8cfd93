using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.LoadBalancing;

/// <summary>What a host is chosen by. A ref struct so that nobody keeps it; overrides will join it.</summary>
public readonly ref struct LoadBalancerContext(StreamInfo? info, HeaderMap? headers = null, ulong? hash = null)
{
    /// <summary>The stream or connection; null when there is none.</summary>
    public readonly StreamInfo? Info = info;

    /// <summary>The request; null at L4.</summary>
    public readonly HeaderMap? Headers = headers;

    /// <summary>What a hashing policy goes by; null draws at random.</summary>
    public readonly ulong? Hash = hash;
}
