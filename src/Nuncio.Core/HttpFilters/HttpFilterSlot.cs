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
/// A filter's place in the chain of one stream: the filter, and its way to the stream. Owner: the stream, pooled with it.
/// </summary>
internal sealed class HttpFilterSlot(HttpStream stream, int index, HttpFilterMaker maker, HttpFilterConfig config) : HttpFilterCallbacks
{
    private HttpFilter? _filter;

    /// <summary>Whether the filter takes part in this stream.</summary>
    internal bool Active { get; private set; }

    /// <summary>Whether the filter needs the response's body to pass it.</summary>
    internal bool SeesResponseBody => Active && maker.SeesResponseBody;

    /// <summary>The filter; only while <see cref="Active"/>.</summary>
    internal HttpFilter Filter => _filter!;

    /// <inheritdoc/>
    public override WorkerContext Worker => stream.Worker;

    /// <inheritdoc/>
    public override StreamInfo Info => stream.Info;

    /// <inheritdoc/>
    public override Connection Connection => stream.Connection;

    /// <inheritdoc/>
    public override HeaderMap? RequestHeaders => stream.RequestHeaders;

    /// <inheritdoc/>
    public override HeaderMap? ResponseHeaders => stream.ResponseHeaders;

    /// <inheritdoc/>
    public override Route? Route => stream.Route;

    /// <inheritdoc/>
    public override object? RouteConfig => stream.Route?.FilterConfig(config.NameId);

    /// <inheritdoc/>
    public override int BufferLimit => stream.Chain.BufferLimit;

    /// <inheritdoc/>
    public override Buffer? BufferedRequest => stream.Chain.Request.Held;

    /// <inheritdoc/>
    public override Buffer? BufferedResponse => stream.Chain.Response.Held;

    /// <inheritdoc/>
    public override WorkerCluster? Cluster => stream.Cluster;

    /// <inheritdoc/>
    public override HttpConnectionStats HttpStats => stream.Stats;

    /// <summary>Response positions count from the last filter.</summary>
    private int ResponsePosition => stream.Chain.Count - 1 - index;

    /// <summary>Puts the filter into service for a stream, unless the route or the configuration leaves it out.</summary>
    internal void Activate(Route? route)
    {
        bool disabled = route?.FilterDisabled(config.NameId) ?? config.Disabled;
        if (disabled)
        {
            return;
        }

        _filter ??= maker.Create();
        if (_filter is null)
        {
            return;
        }

        _filter.Callbacks = this;
        Active = true;
    }

    /// <summary>Ends the filter's service.</summary>
    internal void Deactivate(bool mayReuse)
    {
        if (!Active)
        {
            return;
        }

        Active = false;
        _filter!.OnDestroy();
        if (!mayReuse || !maker.Reusable)
        {
            _filter = null;
        }
    }

    /// <summary>The next stream gets a new filter.</summary>
    internal void Forget() => _filter = null;

    /// <inheritdoc/>
    public override void ClearRouteCache() => stream.ClearRouteCache();

    /// <inheritdoc/>
    public override void SetBufferLimit(int bytes) => stream.Chain.BufferLimit = bytes;

    /// <inheritdoc/>
    public override void ContinueRequest() => stream.Chain.Request.Resume(index);

    /// <inheritdoc/>
    public override void ContinueResponse() => stream.Chain.Response.Resume(ResponsePosition);

    /// <inheritdoc/>
    public override void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap, object?>? modify = null, object? state = null) =>
        stream.SendLocalReply(status, body, details, modify, state);

    /// <inheritdoc/>
    public override void Fail(in ProxyFailure failure, Action<HeaderMap, object?>? modify = null, object? state = null) =>
        stream.Fail(failure, modify, state);

    /// <inheritdoc/>
    public override void EncodeInformational(HeaderMap headers) => stream.EncodeInformational(headers);

    /// <inheritdoc/>
    public override void EncodeHeaders(HeaderMap headers, bool endStream) => stream.BeginResponse(ResponsePosition + 1, headers, endStream);

    /// <inheritdoc/>
    public override void EncodeData(Buffer data, bool endStream) => stream.ContinueResponse(ResponsePosition + 1, data, endStream);

    /// <inheritdoc/>
    public override void EncodeTrailers(HeaderMap trailers) => stream.EndResponse(ResponsePosition + 1, trailers);

    /// <inheritdoc/>
    public override void ResetStream(string details) => stream.ResetByUs(details);

    /// <inheritdoc/>
    public override bool SchemeMatchesUpstream => stream.Manager.Config.SchemeMatchesUpstream;

    /// <inheritdoc/>
    internal override void OnTimerFailed(HttpFilter filter)
    {
        if (Active && ReferenceEquals(filter, _filter))
        {
            stream.OnTimerFailed();
        }
    }

    /// <inheritdoc/>
    public override void PauseRequest() => stream.PauseRequest(true);

    /// <inheritdoc/>
    public override void ResumeRequest() => stream.PauseRequest(false);

    /// <inheritdoc/>
    public override void TryBypassResponse(Connection source, IBodyBypass body) => stream.TryBypassResponse(source, body);
}
