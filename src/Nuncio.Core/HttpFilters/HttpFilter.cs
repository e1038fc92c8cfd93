using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpFilters;

/// <summary>
/// One HTTP filter serving one stream. Every phase has a safe default, so a filter overrides what it needs.
/// </summary>
/// <remarks>
/// Owner: the stream's worker; no other thread may touch it. Made by its <see cref="HttpFilterProvider"/>. Order of calls:
/// request headers, data*, trailers?, then response headers, data*, trailers? (in reverse filter order), <see cref="OnComplete"/>
/// (logs are written after it), <see cref="OnDestroy"/>. A stream may end at any point: after <see cref="OnDestroy"/> no callback
/// may be used. A provider that says its filters are reusable gets them used again for another stream, so
/// <see cref="OnDestroy"/> must then leave them as new.
/// </remarks>
public abstract class HttpFilter
{
    /// <summary>The filter's place in its stream's chain: everything it may ask of the stream.</summary>
    protected internal HttpFilterCallbacks Callbacks { get; internal set; } = null!;

    /// <summary>Request headers arrived.</summary>
    public virtual HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream) => HeadersStatus.Continue;

    /// <summary>A piece of the request body arrived; what is left in <paramref name="data"/> goes on.</summary>
    public virtual DataStatus OnRequestData(Buffer data, bool endStream) => DataStatus.Continue;

    /// <summary>Request trailers arrived.</summary>
    public virtual TrailersStatus OnRequestTrailers(HeaderMap trailers) => TrailersStatus.Continue;

    /// <summary>A 1xx response is on its way down.</summary>
    public virtual void OnInformational(HeaderMap headers)
    {
    }

    /// <summary>Response headers are on their way down.</summary>
    public virtual HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream) => HeadersStatus.Continue;

    /// <summary>A piece of the response body is on its way down.</summary>
    public virtual DataStatus OnResponseData(Buffer data, bool endStream) => DataStatus.Continue;

    /// <summary>Response trailers are on their way down.</summary>
    public virtual TrailersStatus OnResponseTrailers(HeaderMap trailers) => TrailersStatus.Continue;

    /// <summary>A local reply is about to be made (by any filter or the connection manager); status and details are final.</summary>
    public virtual void OnLocalReply(int status, string details)
    {
    }

    /// <summary>The stream is complete and about to be logged: last chance to write to StreamInfo.</summary>
    public virtual void OnComplete()
    {
    }

    /// <summary>The stream is gone: drop everything, cancel everything.</summary>
    public virtual void OnDestroy()
    {
    }

    /// <summary>
    /// An exception escaped from a timer of the filter's own: the stream ends as with one from any of the calls above. Filters that are
    /// their timers' handler have it from here.
    /// </summary>
    public void OnUnhandledException(Exception exception) => Callbacks.OnTimerFailed(this);

    /// <summary>The response is piling up towards the client: a filter that produces it (the router) stops its source.</summary>
    public virtual void OnResponseAboveHighWatermark()
    {
    }

    /// <summary>The pile has gone.</summary>
    public virtual void OnResponseBelowLowWatermark()
    {
    }
}
