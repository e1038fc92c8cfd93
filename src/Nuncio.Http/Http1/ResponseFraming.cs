using Nuncio.Http.Headers;

namespace Nuncio.Http.Http1;

/// <summary>
/// How the body of a response is delimited on the wire (RFC 9112 section 6.3, RFC 9110 section 8.6; where they leave a choice, as
/// Envoy does). A value.
/// </summary>
/// <param name="Kind">How the body is delimited.</param>
/// <param name="Length">Announced length where it is delimited so.</param>
/// <param name="AddedLength">
/// <see cref="MapLength"/>: the map's content-length, if any, is sent; 0: <c>content-length: 0</c> is sent instead;
/// <see cref="NoLength"/>: none is sent.
/// </param>
/// <param name="DropsBody">Body bytes are not sent whatever comes: the answer to HEAD, 1xx, 204, 304.</param>
/// <param name="IsTunnel">Raw bytes follow.</param>
internal readonly record struct ResponseFraming(BodyKind Kind, long Length, int AddedLength, bool DropsBody, bool IsTunnel)
{
    /// <summary>For <see cref="AddedLength"/>: what the map says.</summary>
    internal const int MapLength = -1;

    /// <summary>For <see cref="AddedLength"/>: nothing.</summary>
    internal const int NoLength = -2;

    internal static ResponseFraming Decide(
        int status, HeaderMap headers, bool endStream, in Http1Head request, bool isHttp10)
    {
        if (status == 101 || (request.Method == HttpMethod.Connect && status is >= 200 and < 300))
        {
            return new(BodyKind.UntilClose, 0, NoLength, false, true);
        }

        bool hasOneLength = OutgoingBody.TryGetLength(headers, out long length);
        if (status is < 200 or 204 or 304 || request.Method == HttpMethod.Head)
        {
            // Envoy: HEAD without a known length announces the chunks that GET would have had.
            bool isChunkedHead = request.Method == HttpMethod.Head && status is >= 200 and not (204 or 304)
                && !hasOneLength && !endStream && !isHttp10;
            bool sendsLength = hasOneLength && status is >= 200 and not 204;
            return new(isChunkedHead ? BodyKind.Chunked : BodyKind.None, 0, sendsLength ? MapLength : NoLength, true, false);
        }

        if (endStream)
        {
            // A length above 0 without a body would leave the client waiting: the end is what counts.
            return new(BodyKind.None, 0, 0, false, false);
        }

        return hasOneLength ? new(BodyKind.Length, length, MapLength, false, false)
            : isHttp10 ? new(BodyKind.UntilClose, 0, NoLength, false, false)
            : new(BodyKind.Chunked, 0, NoLength, false, false);
    }
}
