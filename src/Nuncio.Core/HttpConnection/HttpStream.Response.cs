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
    private HeaderMap? _replacedHeaders;
    private bool _informationalSent;

    /// <summary>Body of an answer of our own while it is made; empty between answers, so it holds no pooled memory.</summary>
    private Buffer? _replyBody;

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
        // Envoy: only the first of a request passes.
        if (!_ended && !_responseStarted && !_informationalSent && _manager.Config.Proxy100Continue)
        {
            _informationalSent = true;
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
        FailureText.AppendBody(failure, retried: Info.AttemptCount > 1, body);
        _mark = row.Kind == FailureKind.Overload && !_manager.Config.AppendLocalOverload ? KnownHeader.None : row.Mark;
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

        // Envoy: a 400 that we give ourselves ends an HTTP/1 connection, for client and proxy may not agree on where messages begin.
        if (status == 400 && !_manager.Config.StreamErrorOnInvalidMessage)
        {
            _connection!.GoAwayAfterResponse();
        }

        // The request goes no further. A response that is under way among the filters is given up for this one, which goes past
        // them: they have seen the beginning of another.
        Chain.Request.Abort();
        bool direct = !Chain.Created;
        if (ResponseHeaders is { } replaced)
        {
            _replacedHeaders ??= replaced;
            ResponseHeaders = null;
            Chain.Response.Abort();
            direct = true;
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

        var reply = new LocalReply(status, GrpcContent.Is(RequestHeaders));
        Buffer content = _replyBody ??= new Buffer(Worker.Dispatcher.Blocks);
        reply.Build(this, headers, body, modify, state, content);
        bool headersOnly = content.IsEmpty || _isHead;
        if (direct)
        {
            SendPastFilters(headers, content, headersOnly);
        }
        else
        {
            Chain.Response.Begin(0, headers, headersOnly);
            if (!headersOnly && !_ended && !Chain.Response.Aborted)
            {
                Chain.Response.Data(0, content, true);
            }
        }

        content.Clear();
    }

    /// <summary>A filter threw. Its stream is answered 500, or cut off when the response had begun; nobody else notices.</summary>
    internal void OnFilterFailed(Exception exception)
    {
        Chain.OnFailed(exception);
        FailPastFilters();
    }

    /// <summary>The same for an exception that the dispatcher has contained and reported, from a timer of a filter's own or of the stream.</summary>
    internal void OnTimerFailed()
    {
        Chain.Distrust();
        if (!_ended && _connection is not null)
        {
            FailPastFilters();
        }
    }

    private void FailPastFilters()
    {
        if (!_ended && ResponseHeaders is null)
        {
            // Set, so that the answer goes past the filters: the one that failed might do so again.
            ResponseHeaders = Worker.Headers.Rent();
        }

        Fail(new ProxyFailure(FailureKind.FilterFailed));
    }

    /// <summary>More of the request was held back than the limit allows.</summary>
    internal void OnRequestTooLarge() => Fail(new ProxyFailure(FailureKind.RequestTooLarge));

    /// <summary>More of the response was held back than the limit allows.</summary>
    internal void OnResponseTooLarge() => Fail(new ProxyFailure(FailureKind.ResponseTooLarge));

    private void OnStatusRemoved()
    {
        // A filter took :status away. The reply goes past the filters, or it would be taken away again.
        Fail(new ProxyFailure(FailureKind.MissingResponseStatus, ":status"));
    }

    private void SendPastFilters(HeaderMap headers, Buffer content, bool headersOnly)
    {
        SendHeaders(headers, headersOnly);
        if (!headersOnly && !_ended)
        {
            SendData(content, true);
        }
    }

    private void OnResponseSent()
    {
        if (_ended)
        {
            return; // Encoding the last piece failed and took the connection with it.
        }

        _responseComplete = true;
        Info.LastDownstreamTxNanos = Worker.Dispatcher.NowNanos;
        Chain.Request.Abort();
        End();
    }
}
