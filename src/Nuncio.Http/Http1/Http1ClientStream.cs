using Nuncio.Base.Diagnostics;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// The request that a client connection carries now, with its response. One object per codec, used again for each request: whoever
/// holds it lets go when the stream has ended. Owner: its codec, hence one worker.
/// </summary>
internal sealed class Http1ClientStream(Http1ClientCodec codec) : IRequestEncoder, IStreamControl, IBodyBypass
{
    private OutgoingBody _body;
    private int _readDisables;
    private bool _isMismatched;

    /// <inheritdoc/>
    public IStreamControl Stream => this;

    /// <inheritdoc/>
    public IStreamEvents? Events { get; set; }

    /// <inheritdoc/>
    public int BufferLimit => codec.BufferLimit;

    /// <inheritdoc/>
    public long RawBodyLeft => IsActive ? codec.RawBodyLeft : 0;

    internal bool IsActive { get; set; }

    internal bool HasRequestHeaders { get; private set; }

    internal bool IsRequestComplete { get; private set; }

    internal bool IsResponseComplete { get; set; }

    /// <summary>Whether the request asks to switch the connection to another protocol.</summary>
    internal bool IsUpgrade { get; private set; }

    /// <summary>Whether the request lets the connection go on after it.</summary>
    internal bool KeepAlive { get; private set; }

    internal HttpMethod Method { get; private set; }

    internal bool IsReadDisabled => _readDisables > 0;

    internal void Begin()
    {
        IsActive = true;
        HasRequestHeaders = false;
        IsRequestComplete = false;
        IsResponseComplete = false;
        IsUpgrade = false;
        KeepAlive = true;
        Method = HttpMethod.Unknown;
        Events = null;
        _readDisables = 0;
        _isMismatched = false;
        _body.Begin(BodyKind.None);
    }

    /// <inheritdoc/>
    public bool EncodeHeaders(HeaderMap headers, bool endStream, out string? missing)
    {
        missing = FindMissing(headers, codec.Options);
        if (missing is not null)
        {
            return false;
        }

        if (!IsActive || HasRequestHeaders)
        {
            Bug.Report("request headers were encoded twice, or after the stream had ended");
            return true;
        }

        HasRequestHeaders = true;
        IsRequestComplete = endStream;
        Method = HttpMethods.Classify(headers.Get(KnownHeader.Method));
        IsUpgrade = headers.Has(KnownHeader.Upgrade) && Http1Writer.AsksTo(headers, "upgrade"u8);
        KeepAlive = !Http1Writer.AsksTo(headers, "close"u8);
        bool isTunnel = Method == HttpMethod.Connect || IsUpgrade;
        bool hasLength = OutgoingBody.TryGetLength(headers, out long length) && !isTunnel;
        BodyKind kind = isTunnel ? BodyKind.UntilClose
            : endStream ? BodyKind.None
            : hasLength ? BodyKind.Length
            : BodyKind.Chunked;
        _body.Begin(kind, length);

        // A length that no body follows would leave the upstream waiting: 0 is what is true.
        bool sendsZero = kind == BodyKind.None && (hasLength || !HttpMethods.HasNoBodyByNature(Method));
        WriteHead(headers, kind, sendsZero);
        codec.OnRequestBegun();
        return true;
    }

    /// <inheritdoc/>
    public void EncodeData(Buffer data, bool endStream)
    {
        if (!IsActive || !HasRequestHeaders || IsRequestComplete)
        {
            data.Clear();
            return;
        }

        if (!_body.Append(data, codec.Output))
        {
            OnMismatch();
        }

        if (endStream)
        {
            EndRequest(_body.End(codec.Output));
        }
        else
        {
            codec.OnEncoded();
        }
    }

    /// <inheritdoc/>
    public void SkipBody(int bytes) => codec.SkipBody(bytes);

    /// <inheritdoc/>
    public void EncodeTrailers(HeaderMap trailers)
    {
        if (IsActive && HasRequestHeaders && !IsRequestComplete)
        {
            EndRequest(_body.End(codec.Output, trailers, codec.Options));
        }
    }

    /// <inheritdoc/>
    public void Reset(StreamResetReason reason)
    {
        if (IsActive)
        {
            codec.Abort();
        }
    }

    /// <inheritdoc/>
    public void ReadDisable(bool disable)
    {
        if (disable)
        {
            _readDisables++;
            return;
        }

        if (_readDisables == 0)
        {
            Bug.Report("a stream's reading was resumed more often than stopped");
            return;
        }

        if (--_readDisables == 0 && IsActive)
        {
            codec.OnReadResumed();
        }
    }

    /// <summary>Which header that a request line needs is absent, or is nothing that can stand there.</summary>
    private static string? FindMissing(HeaderMap headers, Http1Options options)
    {
        ReadOnlySpan<byte> method = headers.Get(KnownHeader.Method);
        if (!HeaderName.IsToken(method))
        {
            return ":method";
        }

        bool isConnect = method.SequenceEqual("CONNECT"u8);
        if ((isConnect || options.SendFullyQualifiedUrl) && !IsTargetPart(headers.Get(KnownHeader.Authority)))
        {
            return "host";
        }

        if (!isConnect && !IsTargetPart(headers.Get(KnownHeader.Path)))
        {
            return ":path";
        }

        return !isConnect && options.SendFullyQualifiedUrl && !IsTargetPart(headers.Get(KnownHeader.Scheme)) ? ":scheme" : null;
    }

    private static bool IsTargetPart(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e);

    private void EndRequest(bool isWhole)
    {
        IsRequestComplete = true;
        if (!isWhole)
        {
            OnMismatch();
            codec.OnRequestCutShort();
            return;
        }

        codec.OnEncoded();
        codec.OnRequestEnded();
    }

    private void OnMismatch()
    {
        if (!_isMismatched)
        {
            _isMismatched = true;
            codec.Counters.BodyLengthMismatch();
        }

        KeepAlive = false;
    }

    private void WriteHead(HeaderMap headers, BodyKind kind, bool sendsZero)
    {
        Http1Writer writer = new(codec.Output, headers, codec.Options.HeaderKeyFormat);
        writer.Write(headers.Get(KnownHeader.Method));
        writer.Write(" "u8);
        if (Method == HttpMethod.Connect)
        {
            writer.Write(headers.Get(KnownHeader.Authority));
        }
        else
        {
            if (codec.Options.SendFullyQualifiedUrl)
            {
                writer.Write(headers.Get(KnownHeader.Scheme));
                writer.Write("://"u8);
                writer.Write(headers.Get(KnownHeader.Authority));
            }

            writer.Write(headers.Get(KnownHeader.Path));
        }

        writer.Write(" HTTP/1.1\r\n"u8);
        foreach (HeaderField field in headers)
        {
            if (field.Known is KnownHeader.None or > KnownHeader.Http2Settings)
            {
                writer.WriteField(field);
            }
            else if (field.Known == KnownHeader.Authority)
            {
                writer.WriteField(KnownHeader.Host, field.Value);
            }
            else if (IsSent(field.Known, kind))
            {
                writer.WriteField(field);
            }
        }

        if (sendsZero)
        {
            writer.WriteField(KnownHeader.ContentLength, "0"u8);
        }

        if (kind == BodyKind.Chunked)
        {
            writer.WriteField(KnownHeader.TransferEncoding, "chunked"u8);
        }

        if (!KeepAlive)
        {
            writer.WriteField(KnownHeader.Connection, "close"u8);
        }

        writer.Finish();
    }

    /// <summary>Which of the framing headers of a map are sent as they are.</summary>
    private bool IsSent(KnownHeader header, BodyKind kind) => header switch
    {
        KnownHeader.ContentLength => kind == BodyKind.Length,
        KnownHeader.Upgrade => IsUpgrade,
        KnownHeader.Connection => IsUpgrade && KeepAlive,
        KnownHeader.Te or KnownHeader.Trailer or KnownHeader.Expect => true,
        _ => false,
    };
}
