using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>What a route is chosen by.</summary>
public readonly ref struct RouteInput(HeaderMap headers, StreamInfo info)
{
    /// <summary>The request, normalised.</summary>
    public readonly HeaderMap Headers = headers;

    /// <summary>The stream: its random bits decide fractions and weights.</summary>
    public readonly StreamInfo Info = info;
}
