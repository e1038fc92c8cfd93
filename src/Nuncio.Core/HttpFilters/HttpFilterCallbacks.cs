using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpFilters;

/// <summary>
/// What a filter may ask of its stream. Implemented by the filter chain, one object per filter and stream; tests implement it by hand.
/// </summary>
public abstract class HttpFilterCallbacks
{
    /// <summary>The worker the stream lives on.</summary>
    public abstract WorkerContext Worker { get; }

    /// <summary>What is known of the stream.</summary>
    public abstract StreamInfo Info { get; }

    /// <summary>The downstream connection.</summary>
    public abstract Connection Connection { get; }

    /// <summary>The request headers as they are now; null before they arrived.</summary>
    public abstract HeaderMap? RequestHeaders { get; }

    /// <summary>The response headers as they are now; null before there are any.</summary>
    public abstract HeaderMap? ResponseHeaders { get; }

    /// <summary>The route, resolved before the chain was created; null when none matched.</summary>
    public abstract Route? Route { get; }

    /// <summary>The most specific configuration of this filter on the route, or null. Found by index, not by name.</summary>
    public abstract object? RouteConfig { get; }

    /// <summary>Forgets the route, so that it is resolved again from the present headers. No effect once response headers passed.</summary>
    public abstract void ClearRouteCache();

    /// <summary>Bytes that may be buffered for a filter that stops; see <see cref="SetBufferLimit"/>.</summary>
    public abstract int BufferLimit { get; }

    /// <summary>Changes the buffer limit of this stream.</summary>
    public abstract void SetBufferLimit(int bytes);

    /// <summary>The body held back so far while decoding, or null when none is.</summary>
    public abstract Buffer? BufferedRequest { get; }

    /// <summary>The body held back so far while encoding, or null when none is.</summary>
    public abstract Buffer? BufferedResponse { get; }

    /// <summary>Resumes after a stop while decoding. Only headers, data and trailers that were held back are passed on.</summary>
    public abstract void ContinueRequest();

    /// <summary>Resumes after a stop while encoding.</summary>
    public abstract void ContinueResponse();

    /// <summary>Answers instead of the upstream: passes the local reply path (mappers, filters' encode side, log).</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">Body text; <c>text/plain</c> unless mapped.</param>
    /// <param name="details">Response code details.</param>
    /// <param name="modify">Adds headers; a static function, called once with the response headers and <paramref name="state"/>.</param>
    /// <param name="state">Handed to <paramref name="modify"/>.</param>
    public abstract void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap, object?>? modify = null, object? state = null);

    /// <summary>
    /// Ends the stream for a failure of the table: answers as its row says, or, when the response had begun, resets. Flags, details,
    /// counter and the header that marks it follow from the row.
    /// </summary>
    public abstract void Fail(in ProxyFailure failure, Action<HeaderMap, object?>? modify = null, object? state = null);

    /// <summary>Terminal filter: a 1xx from upstream. The map now belongs to the stream.</summary>
    public abstract void EncodeInformational(HeaderMap headers);

    /// <summary>Terminal filter: starts the response with these headers. The map now belongs to the stream.</summary>
    public abstract void EncodeHeaders(HeaderMap headers, bool endStream);

    /// <summary>Terminal filter: continues the response, moving the bytes out of <paramref name="data"/>.</summary>
    public abstract void EncodeData(Buffer data, bool endStream);

    /// <summary>
    /// Terminal filter, after a piece of the response: lets the rest of a large body go from its source's connection to the client
    /// inside the kernel, if nobody on the way needs to see it. All but the last bytes, which come as usual.
    /// </summary>
    public abstract void TryBypassResponse(Connection source, IBodyBypass body);

    /// <summary>Terminal filter: ends the response. The map now belongs to the stream.</summary>
    public abstract void EncodeTrailers(HeaderMap trailers);

    /// <summary>Resets the stream: nothing more can be answered (the response had begun and its source failed).</summary>
    public abstract void ResetStream(string details);

    /// <summary>The request is piling up towards the upstream: stop reading it from the client. Calls nest.</summary>
    public abstract void PauseRequest();

    /// <summary>Takes one <see cref="PauseRequest"/> back.</summary>
    public abstract void ResumeRequest();

    /// <summary>The cluster chosen for this stream on this worker, or null when none is chosen or there is none of that name.</summary>
    public abstract WorkerCluster? Cluster { get; }

    /// <summary>Statistics of the connection manager.</summary>
    public abstract HttpConnectionStats HttpStats { get; }

    /// <summary>Whether <c>:scheme</c> becomes what the upstream's transport is.</summary>
    public abstract bool SchemeMatchesUpstream { get; }

    /// <summary>A timer of the filter's own threw.</summary>
    internal abstract void OnTimerFailed(HttpFilter filter);
}
