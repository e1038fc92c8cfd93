using System.Diagnostics;
using Nuncio.Base.Diagnostics;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// The server side of an HTTP/1.1 connection (RFC 9112), sans I/O. Requests are served one at a time; what a pipelining client
/// sends ahead stays in the input until the response before it is complete, and until the output is below its watermark.
/// </summary>
/// <remarks>
/// Owner: the connection that made it, hence one worker. Between requests it holds no pooled memory.
/// <code>
/// Open -response ended, connection not to be kept; Reset; peer gone-> Closed
/// Open -a rule broken-> Failed -answer ended-> Closed
/// </code>
/// When a request is refused, <see cref="Dispatch"/> returns <see cref="CodecStatus.ProtocolError"/> and takes no more input; the
/// codec asks to close (flushing) as soon as the answer is complete, at once if none can be given any more.
/// </remarks>
public sealed class Http1ServerCodec : IServerCodec
{
    private readonly IServerCodecCallbacks _callbacks;
    private readonly Http1Reader _reader;
    private readonly Http1ServerStream _stream;
    private IRequestDecoder? _decoder;
    private State _state;
    private bool _isBackedUp;
    private bool _leftInput;
    private bool _isDispatching;

    /// <summary>A codec for one connection; nothing is read or written yet.</summary>
    /// <param name="output">Where encoded bytes go; drained by the owner.</param>
    /// <param name="callbacks">The owner.</param>
    /// <param name="maps">The worker's pool of header maps.</param>
    /// <param name="options">The listener's options.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="bufferLimit">The connection's buffer limit, told to streams; 0 is none.</param>
    /// <param name="isSecure">Whether the connection has TLS.</param>
    public Http1ServerCodec(
        Buffer output,
        IServerCodecCallbacks callbacks,
        HeaderMapPool maps,
        Http1Options options,
        IHttp1Counters counters,
        int bufferLimit = 0,
        bool isSecure = false)
    {
        Output = output;
        _callbacks = callbacks;
        Options = options;
        Counters = counters;
        BufferLimit = bufferLimit;
        _reader = new Http1Reader(maps, output.Pool, options, counters, isRequest: true) { IsSecure = isSecure };
        _stream = new Http1ServerStream(this);
    }

    private enum State : byte
    {
        Open,
        Failed,
        Closed,
    }

    /// <inheritdoc/>
    public HttpProtocol Protocol => _reader.Head.Version == HttpProtocol.Http10 ? HttpProtocol.Http10 : HttpProtocol.Http11;

    /// <inheritdoc/>
    public bool IsReadBlocked => _state == State.Open
        && (_stream.IsActive
            ? _stream.IsReadDisabled || (_stream.IsRequestComplete && _leftInput)
            : _isBackedUp && _leftInput);

    /// <inheritdoc/>
    public bool IsPeerDone { get; private set; }

    internal Buffer Output { get; }

    internal Http1Options Options { get; }

    internal IHttp1Counters Counters { get; }

    internal int BufferLimit { get; }

    internal bool IsGoingAway { get; private set; }

    internal ref readonly Http1Head RequestHead => ref _reader.Head;

    /// <summary>Whether the answer goes out as HTTP/1.0. Envoy: an HTTP/1.0 request that is refused is answered as 1.1.</summary>
    internal bool SpeaksHttp10 => Options.AcceptHttp10 && _reader.Head.Version == HttpProtocol.Http10;

    /// <inheritdoc/>
    public CodecStatus Dispatch(Buffer input)
    {
        Debug.Assert(!_isDispatching, "the owner dispatched from inside a callback");
        _isDispatching = true;
        ReadRequest(input);
        _isDispatching = false;
        if (_state != State.Open)
        {
            // Nothing after a refused or last request is ever looked at.
            input.Clear();
            _leftInput = false;
            return _reader.Error == Http1Error.None ? CodecStatus.Ok : CodecStatus.ProtocolError;
        }

        _leftInput = !input.IsEmpty;
        if (_leftInput && !_stream.IsActive && !_isBackedUp)
        {
            NotifyIfUnblocked(input);
        }

        return CodecStatus.Ok;
    }

    /// <inheritdoc/>
    public void OnPeerHalfClosed()
    {
        if (_state != State.Open || !_stream.IsActive)
        {
            return;
        }

        if (_stream.IsRequestComplete)
        {
            _stream.KeepAlive = false;
            return;
        }

        if (_reader.OnInputEnd())
        {
            _stream.IsRequestComplete = true;
            _decoder!.OnRequestData(_reader.Body, endStream: true);
            return;
        }

        IStreamEvents? events = _stream.Events;
        EndStream();
        _state = State.Closed;
        _reader.Stop();
        events?.OnStreamReset(StreamResetReason.RemoteReset, null);
        _callbacks.OnCloseWanted(flush: false);
    }

    /// <inheritdoc/>
    public void GoAway() => IsGoingAway = true;

    /// <inheritdoc/>
    public bool TryRefuse()
    {
        if (_state != State.Open)
        {
            return false;
        }

        if (!_stream.IsActive)
        {
            _reader.Head.Begin(null); // Nothing of the request before has a say in how this one is answered.
            _stream.Begin();
            _decoder = _callbacks.OnNewStream(_stream);
        }

        _state = State.Failed;
        _stream.KeepAlive = false;
        _reader.Stop();
        return true;
    }

    /// <inheritdoc/>
    public void OnOutputBackedUp(bool above)
    {
        _isBackedUp = above;
        if (_stream.IsActive)
        {
            if (above)
            {
                _stream.Events?.OnAboveWriteBufferHighWatermark();
            }
            else
            {
                _stream.Events?.OnBelowWriteBufferLowWatermark();
            }
        }
        else if (!above && _leftInput && _state == State.Open)
        {
            _callbacks.OnReadUnblocked();
        }
    }

    /// <summary>The stream appended to the output.</summary>
    internal void OnEncoded() => _callbacks.OnOutput();

    /// <summary>The stream's response is complete: the connection goes on or ends.</summary>
    internal void OnResponseEnded()
    {
        bool goesOn = _stream.KeepAlive && _stream.IsRequestComplete && _state == State.Open;
        IsPeerDone = _stream.IsRequestComplete && !_reader.Head.IsKeepAlive && !_leftInput && _state == State.Open;
        EndStream();
        if (!goesOn)
        {
            _state = State.Closed;
            _reader.Stop();
            _callbacks.OnCloseWanted(flush: true);
            return;
        }

        _reader.Reset();
        if (_leftInput && !_isDispatching && !_isBackedUp)
        {
            _callbacks.OnReadUnblocked();
        }
    }

    /// <summary>The stream was reset by its owner: HTTP/1 has only the connection to end with.</summary>
    internal void Abort()
    {
        EndStream();
        _state = State.Closed;
        _reader.Stop();
        _callbacks.OnCloseWanted(flush: false);
    }

    /// <summary>The stream's last read-disable was taken back.</summary>
    internal void OnReadResumed()
    {
        if (_state == State.Open)
        {
            _callbacks.OnReadUnblocked();
        }
    }

    private void ReadRequest(Buffer input)
    {
        if (_state != State.Open)
        {
            return;
        }

        if (!_stream.IsActive)
        {
            if (_isBackedUp || !_reader.TryBegin(input))
            {
                return;
            }

            _stream.Begin();
            _decoder = _callbacks.OnNewStream(_stream);
        }

        while (_state == State.Open && _stream.IsActive && !_stream.IsRequestComplete && !_stream.IsReadDisabled)
        {
            switch (_reader.Read(input))
            {
                case ReadStep.NeedMore:
                    return;
                case ReadStep.Head:
                    OnHead();
                    break;
                case ReadStep.Body:
                    OnBody();
                    break;
                case ReadStep.Trailers:
                    _stream.IsRequestComplete = true;
                    _decoder!.OnRequestTrailers(_reader.TakeMap());
                    break;
                default:
                    Fail();
                    return;
            }
        }
    }

    private void OnHead()
    {
        bool endStream = _reader.IsComplete;
        _stream.IsRequestComplete = endStream;
        _stream.KeepAlive = _reader.Head.IsKeepAlive;
        _decoder!.OnRequestHeaders(_reader.TakeMap(), endStream);
    }

    private void OnBody()
    {
        Buffer body = _reader.Body;
        bool endStream = _reader.IsComplete;
        _stream.IsRequestComplete = endStream;
        _decoder!.OnRequestData(body, endStream);
        if (!body.IsEmpty)
        {
            Bug.Report("body bytes were left behind by their receiver");
            body.Clear();
        }
    }

    private void Fail()
    {
        _state = State.Failed;
        _stream.KeepAlive = false;
        _reader.Stop();
        _decoder!.OnRequestError(Http1Errors.Describe(_reader.Error));
        if (_state == State.Failed && _stream.HasResponseHeaders)
        {
            // Part of a response was sent before: nothing can be said any more.
            EndStream();
            _state = State.Closed;
            _callbacks.OnCloseWanted(flush: true);
        }
    }

    private void EndStream()
    {
        _stream.IsActive = false;
        _stream.Events = null;
        _decoder = null;
    }

    private void NotifyIfUnblocked(Buffer input)
    {
        // A request was read and answered within this dispatch. A lone CR is the only thing that can wait without a stream.
        if (input.Length > 1 || input.FirstSpan[0] != (byte)'\r')
        {
            _callbacks.OnReadUnblocked();
        }
    }
}
