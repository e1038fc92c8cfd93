using Nuncio.Base.Diagnostics;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// The request and response that a server connection carries now. One object per codec, used again for each request: whoever holds
/// it lets go when the stream has ended.
/// </summary>
/// <remarks>
/// Owner: its codec, hence one worker. Response side: Nothing -EncodeInformational*-> Nothing -EncodeHeaders-> Headers -EncodeData*->
/// -end-> ended, which ends the stream: if the request is not complete then, the connection closes.
/// </remarks>
internal sealed class Http1ServerStream(Http1ServerCodec codec) : IResponseEncoder, IStreamControl, IBodyBypass
{
    private OutgoingBody _body;
    private int _readDisables;
    private bool _dropsBody;
    private bool _isMismatched;

    /// <inheritdoc/>
    public IStreamControl Stream => this;

    /// <inheritdoc/>
    public IStreamEvents? Events { get; set; }

    /// <inheritdoc/>
    public int BufferLimit => codec.BufferLimit;

    /// <inheritdoc/>
    public long RawBodyLeft => IsActive && HasResponseHeaders && !_dropsBody ? _body.RawLeft : 0;

    /// <summary>Between the first byte of the request and the end of the stream.</summary>
    internal bool IsActive { get; set; }

    internal bool IsRequestComplete { get; set; }

    internal bool HasResponseHeaders { get; private set; }

    /// <summary>Whether the connection can go on after this response.</summary>
    internal bool KeepAlive { get; set; }

    internal bool IsReadDisabled => _readDisables > 0;

    internal void Begin()
    {
        IsActive = true;
        IsRequestComplete = false;
        HasResponseHeaders = false;
        KeepAlive = true;
        Events = null;
        _readDisables = 0;
        _dropsBody = false;
        _isMismatched = false;
        _body.Begin(BodyKind.None);
    }

    /// <inheritdoc/>
    public void EncodeInformational(HeaderMap headers)
    {
        // RFC 9110 section 15.2: an HTTP/1.0 client does not know 1xx.
        if (!IsActive || HasResponseHeaders || codec.SpeaksHttp10)
        {
            return;
        }

        WriteHead(headers, headers.GetStatus(), BodyKind.None, ResponseFraming.NoLength, default);
        codec.OnEncoded();
    }

    /// <inheritdoc/>
    public void EncodeHeaders(HeaderMap headers, bool endStream)
    {
        if (!IsActive || HasResponseHeaders)
        {
            Bug.Report("response headers were encoded twice, or after the stream had ended");
            return;
        }

        int status = headers.GetStatus();
        if (status < 100)
        {
            Bug.Report("a response without a status was encoded");
            Reset(StreamResetReason.LocalReset);
            return;
        }

        HasResponseHeaders = true;
        ResponseFraming framing = ResponseFraming.Decide(status, headers, endStream, codec.RequestHead, codec.SpeaksHttp10);
        _dropsBody = framing.DropsBody;
        _body.Begin(_dropsBody ? BodyKind.None : framing.Kind, framing.Length);

        // Envoy: a response that starts before the request is complete is the last one of its connection.
        KeepAlive = KeepAlive && IsRequestComplete && !codec.IsGoingAway && framing.Kind != BodyKind.UntilClose
            && !Http1Writer.AsksTo(headers, "close"u8);
        WriteHead(headers, status, framing.Kind, framing.AddedLength, framing.IsTunnel ? default : ConnectionOption());
        if (endStream)
        {
            EndResponse(_body.End(codec.Output));
        }
        else
        {
            codec.OnEncoded();
        }
    }

    /// <inheritdoc/>
    public void EncodeData(Buffer data, bool endStream)
    {
        if (!IsActive || !HasResponseHeaders)
        {
            data.Clear();
            return;
        }

        if (_dropsBody)
        {
            data.Clear();
        }
        else if (!_body.Append(data, codec.Output))
        {
            OnMismatch();
        }

        if (endStream)
        {
            EndResponse(_body.End(codec.Output));
        }
        else
        {
            codec.OnEncoded();
        }
    }

    /// <inheritdoc/>
    public void SkipBody(int bytes) => _body.Skip(bytes);

    /// <inheritdoc/>
    public void EncodeTrailers(HeaderMap trailers)
    {
        if (IsActive && HasResponseHeaders)
        {
            EndResponse(_body.End(codec.Output, trailers, codec.Options));
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

    private void EndResponse(bool isWhole)
    {
        if (!isWhole && !_dropsBody)
        {
            OnMismatch();
        }

        codec.OnEncoded();
        codec.OnResponseEnded();
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

    private ReadOnlySpan<byte> ConnectionOption() =>
        !KeepAlive ? "close"u8 : codec.SpeaksHttp10 ? "keep-alive"u8 : default;

    private void WriteHead(HeaderMap headers, int status, BodyKind kind, int addedLength, ReadOnlySpan<byte> connection)
    {
        Http1Writer writer = new(codec.Output, headers, codec.Options.HeaderKeyFormat);
        writer.Write(codec.SpeaksHttp10 ? "HTTP/1.0 "u8 : "HTTP/1.1 "u8);
        writer.WriteStatus(status);
        writer.Write(" "u8);
        writer.Write(headers.Spelling is { ReasonPhrase.IsEmpty: false } spelling ? spelling.ReasonPhrase : HttpStatus.ReasonPhrase(status));
        writer.Write("\r\n"u8);
        bool isUpgrade = status == 101;
        foreach (HeaderField field in headers)
        {
            if (field.Known is KnownHeader.None or > KnownHeader.Http2Settings || IsSent(field.Known, status, addedLength))
            {
                writer.WriteField(field);
            }
        }

        if (addedLength == 0)
        {
            writer.WriteField(KnownHeader.ContentLength, "0"u8);
        }

        if (kind == BodyKind.Chunked)
        {
            writer.WriteField(KnownHeader.TransferEncoding, "chunked"u8);
        }

        if (isUpgrade || (status == 426 && headers.Has(KnownHeader.Upgrade)))
        {
            writer.WriteField(KnownHeader.Connection, connection.IsEmpty ? "upgrade"u8 : "upgrade, close"u8);
        }
        else if (!connection.IsEmpty)
        {
            writer.WriteField(KnownHeader.Connection, connection);
        }

        writer.Finish();
    }

    /// <summary>Which of the pseudo and framing headers of a map are sent as they are.</summary>
    private static bool IsSent(KnownHeader header, int status, int addedLength) => header switch
    {
        KnownHeader.ContentLength => addedLength == ResponseFraming.MapLength,
        KnownHeader.Upgrade => status is 101 or 426,
        KnownHeader.Trailer or KnownHeader.Te or KnownHeader.Expect or KnownHeader.Host => true,
        _ => false,
    };
}
