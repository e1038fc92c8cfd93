using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>What a matcher of requests is asked about: as much of the exchange as there is. Envoy: HttpMatchingData.</summary>
/// <param name="Info">The stream.</param>
/// <param name="RequestHeaders">Null when there are none yet.</param>
/// <param name="RequestTrailers">Null when there are none, or none yet.</param>
/// <param name="ResponseHeaders">Null when there are none yet.</param>
/// <param name="ResponseTrailers">Null when there are none, or none yet.</param>
public readonly record struct HttpMatchInput(
    StreamInfo Info,
    HeaderMap? RequestHeaders,
    HeaderMap? RequestTrailers = null,
    HeaderMap? ResponseHeaders = null,
    HeaderMap? ResponseTrailers = null);
