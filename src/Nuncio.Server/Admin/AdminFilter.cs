using System.Text;
using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;
using Nuncio.Http.Headers;
using Nuncio.IO.Events;

namespace Nuncio.Server.Admin;

/// <summary>
/// The only HTTP filter of the admin server, a terminal one: receives a whole request, has it answered, and sends the answer in
/// pieces while the client takes them.
/// </summary>
/// <remarks>Owner: the stream, on the main thread.</remarks>
internal sealed class AdminFilter(AdminRouter router) : HttpFilter, IRunSoon
{
    /// <summary>Bytes of a request's body; only forms have one.</summary>
    private const int MaxBody = 64 * 1024;

    private const int PieceSize = 64 * 1024;

    private byte[] _body = [];
    private AdminReply? _reply;
    private bool _isBackedUp;

    /// <inheritdoc/>
    public bool IsQueuedSoon { get; set; }

    /// <inheritdoc/>
    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (endStream)
        {
            Respond();
        }

        return HeadersStatus.StopIteration;
    }

    /// <inheritdoc/>
    public override DataStatus OnRequestData(Buffer data, bool endStream)
    {
        if (_body.Length + data.Length > MaxBody)
        {
            Callbacks.SendLocalReply(413, "Payload Too Large"u8, "request_payload_too_large");
            return DataStatus.StopIterationNoBuffer;
        }

        if (data.Length > 0)
        {
            _body = [.. _body, .. data.ToArray()];
        }

        if (endStream)
        {
            Respond();
        }

        return DataStatus.StopIterationNoBuffer;
    }

    /// <inheritdoc/>
    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Respond();
        return TrailersStatus.StopIteration;
    }

    /// <inheritdoc/>
    public override void OnResponseAboveHighWatermark() => _isBackedUp = true;

    /// <inheritdoc/>
    public override void OnResponseBelowLowWatermark()
    {
        _isBackedUp = false;
        Callbacks.Worker.Dispatcher.RunSoon(this);
    }

    /// <inheritdoc/>
    public void RunSoon() => Pump();

    /// <inheritdoc/>
    public override void OnDestroy() => _reply = null;

    private void Respond()
    {
        AdminReply reply = router.Handle(AdminRequest.Read(Callbacks.RequestHeaders!, _body));
        HeaderMap headers = Callbacks.Worker.Headers.Rent();
        headers.SetStatus(reply.Status);
        headers.Set(KnownHeader.ContentType, Encoding.ASCII.GetBytes(reply.ContentType));
        headers.Set("cache-control"u8, "no-cache, max-age=0"u8);
        headers.Set("x-content-type-options"u8, "nosniff"u8);
        Callbacks.Info.ResponseCodeDetails = "admin_filter_response";
        _reply = reply;
        Callbacks.EncodeHeaders(headers, endStream: false);
        Pump();
    }

    /// <summary>Sends pieces until the client is behind or all is sent.</summary>
    private void Pump()
    {
        if (_reply is null)
        {
            return;
        }

        var piece = new Buffer(Callbacks.Worker.Dispatcher.Blocks);
        while (_reply is { } reply && !_isBackedUp)
        {
            bool last = reply.Write(piece, PieceSize);
            if (last)
            {
                _reply = null;
            }

            if (last || !piece.IsEmpty)
            {
                Callbacks.EncodeData(piece, last);
            }
        }
    }
}

/// <summary>Makes admin filters; shared by the connections of the admin server.</summary>
internal sealed class AdminFilterProvider(AdminRouter router) : HttpFilterProvider
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override HttpFilterMaker CreateForWorker(WorkerContext worker, StatScope httpScope) => new Maker(router);

    private sealed class Maker(AdminRouter router) : HttpFilterMaker
    {
        public override HttpFilter Create() => new AdminFilter(router);
    }
}
