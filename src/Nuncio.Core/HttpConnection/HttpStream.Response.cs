using Nuncio.Base.Buffers;
using Nuncio.Base.Diagnostics;
using Nuncio.Core.Failures;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpConnection;

/// <content>The response's side: from the terminal filter or a local reply through the chain to the codec.</content>
internal sealed partial class HttpStream
{
    private KnownHeader _mark;

    /// <summary>Whether the request asked with HEAD: its answer has no body.</summary>
    internal bool IsHead => _isHead;

    /// <summary>Whether the whole request has arrived.</summary>
    internal bool IsRequestComplete => _requestComplete;

    internal HttpConnectionManager Manager => _manager;

    internal HttpServerConnection ServerConnection => _connection!;

    /// <summary>Begins the response at a position of the chain. The map belongs to the stream from now on.</summary>
    internal void BeginResponse(int position, HeaderMap headers, bool endStream)
    {
        if (_ended || ResponseHeaders is not null)
        {
            Worker.Headers.Return(headers);
            if (!_ended)
            {
                Bug.Report("a second response was begun on one stream");
            }

            return;
        }

        ResponseHeaders = headers;
        _routeFrozen = true;
        _timers.OnActivity();
        Chain.Response.Begin(position, headers, endStream);
    }

    /// <summary>Goes on with the response's body at a position of the chain.</summary>
    internal void ContinueResponse(int position, Buffer data, bool endStream)
    {
        if (_ended || Chain.Response.Aborted)
        {
            data.Clear();
            return;
        }

        _timers.OnActivity();
        Chain.Response.Data(position, data, endStream);
    }

    /// <summary>Ends the response with trailers at a position of the chain. The map belongs to the stream from now on.</summary>
    internal void EndResponse(int position, HeaderMap trailers)
    {
        if (_ended || Chain.Response.Aborted)
        {
            Worker.Headers.Return(trailers);
            return;
        }

        _responseTrailers = trailers;
        _timers.OnActivity();
        Chain.Response.Trailers(position, trailers);
    }

    /// <summary>Passes a 1xx on, if the configuration forwards them and nothing else was sent yet.</summary>
    internal void EncodeInformational(HeaderMap headers)
    {
        if (!_ended && !_responseStarted && _manager.Config.Proxy100Continue)
        {
            Chain.OnInformational(headers);
            _encoder!.EncodeInformational(headers);
        }

        Worker.Headers.Return(headers);
    }

    /// <summary>The headers passed all filters: finishes them and gives them to the codec.</summary>
    internal void SendHeaders(HeaderMap headers, bool endStream)
    {
        int status = headers.GetStatus();
        if (status == 0)
        {
            OnStatusRemoved();
            return;
        }

        ResponseHeaderFinisher.Apply(this, headers);
        _connection!.DecideDrain(_requestComplete);
        Info.ResponseCode = status;
        Info.ResponseHeaderBytes = (uint)headers.ByteSize;
        Info.FirstDownstreamTxNanos = Worker.Dispatcher.NowNanos;
        Stats.Responses.Count(status);
        Stats.Listener.Count(status);
        _responseStarted = true;
        _encoder!.EncodeHeaders(headers, endStream);
        if (endStream)
        {
            OnResponseSent();
        }
    }

    /// <summary>A piece of the body passed all filters.</summary>
    internal void SendData(Buffer data, bool endStream)
    {
        Info.BytesSent += (ulong)data.Length;
        _encoder!.EncodeData(data, endStream);
        if (endStream)
        {
            OnResponseSent();
        }
    }

    /// <summary>The trailers passed all filters.</summary>
    internal void SendTrailers(HeaderMap trailers)
    {
        _encoder!.EncodeTrailers(trailers);
        OnResponseSent();
    }

    /// <summary>Ends the stream for a failure of the table: its row says how to answer; a response that has begun can only be reset.</summary>
    internal void Fail(in ProxyFailure failure, Action<HeaderMap, object?>? modify = null, object? state = null)
    {
        if (_ended)
        {
            return;
        }

        FailureRow row = failure.Row;
        Info.Flags |= row.Flags;
        Stats.Failures.Count(row.Kind);
        if (_responseStarted)
        {
            ResetByUs(FailureText.Details(failure, responseStarted: true));
            return;
        }

        ByteWriter body = _manager.FailureBody;
        body.Clear();
        FailureText.AppendBody(failure, retried: false, body);
        _mark = row.Mark;
        SendLocalReply(row.StatusFor(_requestComplete), body.Written, FailureText.Details(failure), modify, state);
        _mark = KnownHeader.None;
    }

    /// <summary>
    /// Answers in place of the upstream. Before the response began: a whole answer, through the filters if there are any.
    /// Afterwards only a reset is left.
    /// </summary>
    internal void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap, object?>? modify, object? state)
    {
        if (_ended)
        {
            return;
        }

        if (_responseStarted)
        {
            ResetByUs(details);
            return;
        }

        // The request goes no further; a response held back by a filter is given up for this one.
        Chain.Request.Abort();
        if (ResponseHeaders is { } replaced)
        {
            Worker.Headers.Return(replaced);
            ResponseHeaders = null;
            Chain.Response.Reset();
        }

        Info.ResponseCodeDetails = details;
        if (Chain.Created)
        {
            Chain.OnLocalReply(status, details);
        }

        _routeFrozen = true;
        HeaderMap headers = Worker.Headers.Rent();
        ResponseHeaders = headers;
        if (_mark != KnownHeader.None)
        {
            headers.Set(_mark, "true"u8);
        }

        var reply = new LocalReply(status, LocalReply.IsGrpc(RequestHeaders));
        Buffer content = reply.Build(this, headers, body, modify, state);
        bool headersOnly = content.IsEmpty || _isHead;
        Chain.Response.Begin(Chain.Created ? 0 : Chain.Count, headers, headersOnly);
        if (!headersOnly && !_ended && !Chain.Response.Aborted)
        {
            Chain.Response.Data(Chain.Created ? 0 : Chain.Count, content, true);
        }

        content.Clear();
    }

    /// <summary>More of the request was held back than the limit allows.</summary>
    internal void OnRequestTooLarge() => Fail(new ProxyFailure(FailureKind.RequestTooLarge));

    /// <summary>More of the response was held back than the limit allows.</summary>
    internal void OnResponseTooLarge() => Fail(new ProxyFailure(FailureKind.ResponseTooLarge));

    private void OnStatusRemoved()
    {
        // A filter took :status away. The reply goes past the filters, or it would be taken away again.
        Worker.Headers.Return(ResponseHeaders!);
        ResponseHeaders = null;
        Chain.Destroy();
        Chain.Response.Reset();
        Fail(new ProxyFailure(FailureKind.MissingResponseStatus, ":status"));
    }

    private void OnResponseSent()
    {
        _responseComplete = true;
        Info.LastDownstreamTxNanos = Worker.Dispatcher.NowNanos;
        Chain.Request.Abort();
        End();
    }
}
