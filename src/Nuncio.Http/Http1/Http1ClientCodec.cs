using System.Diagnostics;
using Nuncio.Base.Diagnostics;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// The client side of an HTTP/1.1 connection (RFC 9112), sans I/O: one stream at a time. A byte that no request asked for closes
/// the connection and is never taken for part of the next response.
/// </summary>
/// <remarks>
/// Owner: the pooled connection that made it, hence one worker. Between streams it holds no pooled memory.
/// <code>
/// Idle -NewStream-> Active -request and response complete-> Idle (IsReusable tells whether for good)
///                          -reset, broken rule, peer gone, response complete before the request-> Closed
/// Idle -bytes-> Closed
/// </code>
/// A stream that ends before both messages are complete is told so by its events before <see cref="IClientCodecCallbacks.OnStreamEnded"/>,
/// unless it was its owner who reset it. When the owner closes the connection itself, it calls <see cref="OnPeerClosed"/> too.
/// </remarks>
public sealed class Http1ClientCodec : IClientCodec
{
    /// <summary>Informational responses to one request; more is a flood.</summary>
    private const int MaxInformational = 32;

    private readonly IClientCodecCallbacks _callbacks;
    private readonly Http1Reader _reader;
    private readonly Http1ClientStream _stream;
    private IResponseDecoder? _decoder;
    private byte _informational;
    private bool _isClosed;
    private bool _hasFailed;
    private bool _isReusable = true;

    /// <summary>A codec for one connection; nothing is read or written yet.</summary>
    /// <param name="output">Where encoded bytes go; drained by the owner.</param>
    /// <param name="callbacks">The owner.</param>
    /// <param name="maps">The worker's pool of header maps.</param>
    /// <param name="options">The cluster's options.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="bufferLimit">The connection's buffer limit, told to streams; 0 is none.</param>
    public Http1ClientCodec(
        Buffer output,
        IClientCodecCallbacks callbacks,
        HeaderMapPool maps,
        Http1Options options,
        IHttp1Counters counters,
        int bufferLimit = 0)
    {
        Output = output;
        _callbacks = callbacks;
        Maps = maps;
        Options = options;
        Counters = counters;
        BufferLimit = bufferLimit;
        _reader = new Http1Reader(maps, output.Pool, options, counters, isRequest: false);
        _stream = new Http1ClientStream(this);
    }

    /// <inheritdoc/>
    public HttpProtocol Protocol => HttpProtocol.Http11;

    /// <inheritdoc/>
    public bool IsReadBlocked => !_isClosed && _stream.IsActive && _stream.IsReadDisabled;

    /// <inheritdoc/>
    public bool IsReusable => !_isClosed && _isReusable && !_stream.IsActive;

    internal Buffer Output { get; }

    internal Http1Options Options { get; }

    internal IHttp1Counters Counters { get; }

    internal int BufferLimit { get; }

    private HeaderMapPool Maps { get; }

    /// <inheritdoc/>
    public IRequestEncoder NewStream(IResponseDecoder decoder)
    {
        Debug.Assert(IsReusable, "a stream was begun on a connection that cannot carry one");
        _stream.Begin();
        _decoder = decoder;
        _informational = 0;
        _isReusable = false; // Until the stream has ended well.
        return _stream;
    }

    /// <inheritdoc/>
    public CodecStatus Dispatch(Buffer input)
    {
        if (!_isClosed && !input.IsEmpty)
        {
            if (!_stream.IsActive)
            {
                Counters.ResponseFlood();
                _hasFailed = true;
                Close();
            }
            else if (!_stream.HasRequestHeaders)
            {
                // Nothing was asked yet: this answers someone else's request, or nobody's.
                Counters.ResponseFlood();
                Fail(Http1Error.PrematureResponse);
            }
            else
            {
                ReadResponse(input);
            }
        }

        if (!_isClosed)
        {
            return CodecStatus.Ok;
        }

        input.Clear();
        return _hasFailed ? CodecStatus.ProtocolError : CodecStatus.Ok;
    }

    internal long RawBodyLeft => _reader.RawBodyLeft;

    internal void SkipBody(int bytes) => _reader.SkipBody(bytes);

    /// <inheritdoc/>
    public void OnPeerClosed()
    {
        if (_isClosed)
        {
            return;
        }

        if (!_stream.IsActive)
        {
            _isClosed = true;
            return;
        }

        if (!_stream.IsResponseComplete && _reader.OnInputEnd())
        {
            _stream.IsResponseComplete = true;
            _decoder!.OnResponseData(_reader.Body, endStream: true);
            if (!_stream.IsActive)
            {
                return;
            }

            if (_stream.IsRequestComplete)
            {
                _isClosed = true;
                EndStream();
                return;
            }
        }

        ResetStream(
            _stream.IsResponseComplete ? StreamResetReason.Http1PrematureUpstreamHalfClose : StreamResetReason.ConnectionTermination,
            null);
    }

    /// <inheritdoc/>
    public void OnOutputBackedUp(bool above)
    {
        if (!_stream.IsActive)
        {
            return;
        }

        if (above)
        {
            _stream.Events?.OnAboveWriteBufferHighWatermark();
        }
        else
        {
            _stream.Events?.OnBelowWriteBufferLowWatermark();
        }
    }

    /// <summary>The stream appended its request's head to the output.</summary>
    internal void OnRequestBegun()
    {
        _reader.RequestMethod = _stream.Method;
        _callbacks.OnOutput();
    }

    /// <summary>The stream appended to the output.</summary>
    internal void OnEncoded() => _callbacks.OnOutput();

    /// <summary>The request is complete. Only a tunnel's response can be complete before it.</summary>
    internal void OnRequestEnded()
    {
        if (_stream.IsActive && _stream.IsResponseComplete)
        {
            _isClosed = true;
            EndStream();
            _callbacks.OnCloseWanted();
        }
    }

    /// <summary>
    /// The request's body ended short of what was announced: the upstream would wait for the rest, or take the next request for
    /// it. The stream is reset when the owner has closed.
    /// </summary>
    internal void OnRequestCutShort() => _callbacks.OnCloseWanted();

    /// <summary>The stream was reset by its owner: HTTP/1 has only the connection to end with.</summary>
    internal void Abort()
    {
        _isClosed = true;
        EndStream();
        _callbacks.OnCloseWanted();
    }

    /// <summary>The stream's last read-disable was taken back.</summary>
    internal void OnReadResumed() => _callbacks.OnReadUnblocked();

    private void ReadResponse(Buffer input)
    {
        while (_stream.IsActive && !_stream.IsResponseComplete && !_stream.IsReadDisabled)
        {
            if (_reader.IsIdle && !_reader.TryBegin(input))
            {
                return;
            }

            switch (_reader.Read(input))
            {
                case ReadStep.NeedMore:
                    return;
                case ReadStep.Head:
                    OnHead(input);
                    break;
                case ReadStep.Body:
                    OnBody(input);
                    break;
                case ReadStep.Trailers:
                    _stream.IsResponseComplete = true;
                    _decoder!.OnResponseTrailers(_reader.TakeMap());
                    OnResponseEnded(input);
                    break;
                default:
                    Fail(_reader.Error);
                    return;
            }
        }
    }

    private void OnHead(Buffer input)
    {
        int status = _reader.Head.Status;
        if (status == 101 && !_stream.IsUpgrade)
        {
            Fail(Http1Error.UnexpectedUpgrade);
            return;
        }

        if (status is >= 100 and < 200 and not 101)
        {
            OnInformational(status);
            return;
        }

        if (status == 101)
        {
            _reader.BeginTunnel();
        }

        bool endStream = _reader.IsComplete;
        _stream.IsResponseComplete = endStream;
        _decoder!.OnResponseHeaders(_reader.TakeMap(), endStream);
        if (endStream)
        {
            OnResponseEnded(input);
        }
    }

    private void OnInformational(int status)
    {
        HeaderMap map = _reader.TakeMap();
        _reader.BeginNextHead();
        if (++_informational > MaxInformational)
        {
            Maps.Return(map);
            Counters.ResponseFlood();
            Fail(Http1Error.TooManyInformational);
        }
        else if (status <= 104)
        {
            _decoder!.OnInformational(map);
        }
        else
        {
            // Envoy: an informational response that means nothing to it is dropped.
            Maps.Return(map);
        }
    }

    private void OnBody(Buffer input)
    {
        Buffer body = _reader.Body;
        bool endStream = _reader.IsComplete;
        _stream.IsResponseComplete = endStream;
        _decoder!.OnResponseData(body, endStream);
        if (!body.IsEmpty)
        {
            Bug.Report("body bytes were left behind by their receiver");
            body.Clear();
        }

        if (endStream)
        {
            OnResponseEnded(input);
        }
    }

    /// <summary>The response was delivered whole.</summary>
    private void OnResponseEnded(Buffer input)
    {
        if (!_stream.IsActive)
        {
            return; // Its receiver reset it.
        }

        if (!_stream.IsRequestComplete)
        {
            ResetStream(StreamResetReason.Http1PrematureUpstreamHalfClose, null);
            _callbacks.OnCloseWanted();
            return;
        }

        if (!input.IsEmpty)
        {
            // Decided before the owner hears that the stream has ended: it may begin the next one inside that call.
            Counters.ResponseFlood();
            _hasFailed = true;
            _isClosed = true;
        }

        _isReusable = !_isClosed && _stream.KeepAlive && _reader.Head.IsKeepAlive;
        EndStream();
    }

    private void Fail(Http1Error error)
    {
        _hasFailed = true;
        ResetStream(StreamResetReason.ProtocolError, Http1Errors.Describe(error).Details);
        _callbacks.OnCloseWanted();
    }

    private void ResetStream(StreamResetReason reason, string? detail)
    {
        _isClosed = true;
        IStreamEvents? events = _stream.Events;
        _stream.IsActive = false;
        events?.OnStreamReset(reason, detail);
        EndStream();
    }

    private void EndStream()
    {
        _stream.IsActive = false;
        _stream.Events = null;
        _decoder = null;
        if (_isClosed)
        {
            _reader.Stop();
        }
        else
        {
            _reader.Reset();
        }

        _callbacks.OnStreamEnded();
    }

    private void Close()
    {
        _isClosed = true;
        _reader.Stop();
        _callbacks.OnCloseWanted();
    }
}
