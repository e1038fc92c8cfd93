using System.Diagnostics;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>What <see cref="Http1Reader.Read"/> came to.</summary>
internal enum ReadStep : byte
{
    /// <summary>All input that can be used was used.</summary>
    NeedMore,

    /// <summary>The head is complete: look at <see cref="Http1Reader.Head"/> and take the map.</summary>
    Head,

    /// <summary><see cref="Http1Reader.Body"/> holds bytes to take; it may be empty when the message is complete.</summary>
    Body,

    /// <summary>The trailers are complete, and with them the message: take the map.</summary>
    Trailers,

    /// <summary>The message broke the protocol: see <see cref="Http1Reader.Error"/>.</summary>
    Error,
}

/// <summary>
/// Reads HTTP/1 messages from a byte queue, one step per call, as far as the bytes go (RFC 9112). Requests and responses differ in
/// their first line and in <see cref="HeadRules"/>.
/// </summary>
/// <remarks>
/// <code>
/// Idle -Begin-> StartLine -> Fields -+-> Done (no body)
///                                    +-> Length -> Done
///                                    +-> UntilClose -OnInputEnd-> Done
///                                    '-> ChunkSize -> ChunkData -> ChunkEnd -> ChunkSize ... -> Trailers -> Done
/// any -broken rule-> Failed;  Done -Reset-> Idle
/// </code>
/// Owner: its codec, hence one worker. Each line is looked at when its LF has come; where the search for it stopped is kept, so
/// that a peer sending byte by byte costs no more than one pass. What a given stream of bytes leads to does not depend on how it
/// was cut. Between messages it holds no pooled memory.
/// </remarks>
internal sealed class Http1Reader(HeaderMapPool maps, BlockPool blocks, Http1Options options, IHttp1Counters counters, bool isRequest)
{
    /// <summary>Empty lines skipped before a request line (RFC 9112 section 2.2); a client that sends more is not sending requests.</summary>
    private const int MaxBlankLines = 8;

    private readonly Buffer _own = new(blocks);
    private readonly int _maxHeadBytes =
        1024 * Math.Min(isRequest ? options.MaxHeadersKb : options.MaxResponseHeadersKb, Http1Options.HighestHeadersKb);

    private readonly bool _preservesCase = options.HeaderKeyFormat == HeaderKeyFormat.PreserveCase;

    private long _remaining;
    private int _scanned;    // Bytes at the head of the input that hold no LF.
    private int _headBytes;  // Bytes of this head, or of these trailers, that were used up.
    private Phase _phase;
    private byte _blankLines;

    /// <summary>What was read of the head.</summary>
    internal Http1Head Head;

    private enum Phase : byte
    {
        Idle,
        StartLine,
        Fields,
        Length,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Done,
        Failed,
    }

    /// <summary>Body bytes of the last step; whoever handles the step takes them all.</summary>
    internal Buffer Body { get; private set; } = null!;

    /// <summary>How the message's body is delimited; known when the head is.</summary>
    internal BodyKind BodyKind { get; private set; }

    /// <summary>The rule that was broken.</summary>
    internal Http1Error Error { get; private set; }

    /// <summary>Method of the request that a response answers.</summary>
    internal HttpMethod RequestMethod { get; set; }

    /// <summary>Whether the connection has TLS.</summary>
    internal bool IsSecure { get; set; }

    /// <summary>Bytes of a body with content-length that are still to come; 0 in any other state.</summary>
    internal long RawBodyLeft => _phase == Phase.Length ? _remaining : 0;

    /// <summary>So many body bytes went elsewhere.</summary>
    internal void SkipBody(int bytes) => _remaining -= bytes;

    /// <summary>Whether no message was begun.</summary>
    internal bool IsIdle => _phase == Phase.Idle;

    /// <summary>Whether the message is complete.</summary>
    internal bool IsComplete => _phase == Phase.Done;

    /// <summary>Hands the map of the head or the trailers over.</summary>
    internal HeaderMap TakeMap()
    {
        HeaderMap map = Head.Map!;
        Head.Map = null;
        return map;
    }

    /// <summary>Ready for the next message; gives back what it holds.</summary>
    internal void Reset()
    {
        ReleaseMap();
        _phase = Phase.Idle;
        _scanned = 0;
        _blankLines = 0;
        Error = Http1Error.None;
    }

    /// <summary>Nothing more will be read: gives back what it holds and keeps only what <see cref="Error"/> and the head said.</summary>
    internal void Stop()
    {
        ReleaseMap();
        _phase = Phase.Failed;
    }

    /// <summary>
    /// Skips empty lines and begins a message; false when there is not a byte of one yet. The map of the head is rented when its
    /// first line is complete.
    /// </summary>
    internal bool TryBegin(Buffer input)
    {
        Debug.Assert(_phase == Phase.Idle);
        while (isRequest && !input.IsEmpty && input.FirstSpan[0] == (byte)'\r' && _blankLines < MaxBlankLines)
        {
            if (input.Length == 1)
            {
                return false;
            }

            if (ByteAt(input, 1) != (byte)'\n')
            {
                break;
            }

            input.Drain(2);
            _blankLines++;
        }

        if (input.IsEmpty)
        {
            return false;
        }

        _phase = Phase.StartLine;
        _blankLines = 0;
        _headBytes = 0;
        Head.Begin(null);
        byte first = input.FirstSpan[0];
        if (isRequest ? !HeaderName.IsTokenByte(first) : first != (byte)'H')
        {
            Fail(Http1Error.BadFirstByte);
        }

        return true;
    }

    /// <summary>Reads on. The input is drained of what was used.</summary>
    internal ReadStep Read(Buffer input)
    {
        switch (_phase)
        {
            case Phase.StartLine or Phase.Fields or Phase.Trailers:
                return ReadLines(input);
            case Phase.Length:
                return ReadLength(input);
            case Phase.UntilClose:
                Body = input;
                return input.IsEmpty ? ReadStep.NeedMore : ReadStep.Body;
            case Phase.ChunkSize or Phase.ChunkData or Phase.ChunkEnd:
                return ReadChunks(input);
            case Phase.Failed:
                return ReadStep.Error;
            default:
                return ReadStep.NeedMore;
        }
    }

    /// <summary>The connection ended. Whether that completes the message: <see cref="Body"/> is then empty.</summary>
    internal bool OnInputEnd()
    {
        if (_phase != Phase.UntilClose)
        {
            return false;
        }

        _phase = Phase.Done;
        Body = _own;
        return true;
    }

    /// <summary>After a final 1xx or an upgrade was accepted: what follows is raw bytes.</summary>
    internal void BeginTunnel()
    {
        _phase = Phase.UntilClose;
        BodyKind = BodyKind.UntilClose;
    }

    /// <summary>After an informational response: another head follows.</summary>
    internal void BeginNextHead()
    {
        _phase = Phase.Idle;
        _scanned = 0;
    }

    private static byte ByteAt(Buffer input, int offset)
    {
        ReadOnlySpan<byte> first = input.FirstSpan;
        if (offset < first.Length)
        {
            return first[offset];
        }

        Span<byte> one = stackalloc byte[1];
        input.CopyTo(offset, one);
        return one[0];
    }

    private void ReleaseMap()
    {
        if (Head.Map is not null)
        {
            maps.Return(TakeMap());
        }
    }

    private ReadStep Fail(Http1Error error)
    {
        _phase = Phase.Failed;
        Error = error;
        return ReadStep.Error;
    }

    /// <summary>Reads the lines of a head or of trailers: as many as lie in the first span at once, then the one that crosses spans.</summary>
    private ReadStep ReadLines(Buffer input)
    {
        while (true)
        {
            ReadOnlySpan<byte> span = input.FirstSpan;
            int at = 0;
            int found;
            while (at + _scanned <= span.Length && (found = span[(at + _scanned)..].IndexOf((byte)'\n')) >= 0)
            {
                int length = _scanned + found + 1;
                _scanned = 0;
                bool isLast = TakeLine(span.Slice(at, length), out Http1Error error);
                at += length;
                if (isLast || error != Http1Error.None)
                {
                    input.Drain(at);
                    return error != Http1Error.None ? Fail(error) : FinishBlock();
                }
            }

            int rest = span.Length - at;
            input.Drain(at);
            if (rest == input.Length)
            {
                return WaitForLine(rest);
            }

            if (!TryTakeCrossingLine(input, out bool isEnd, out Http1Error crossingError))
            {
                return WaitForLine(input.Length);
            }

            if (isEnd || crossingError != Http1Error.None)
            {
                return crossingError != Http1Error.None ? Fail(crossingError) : FinishBlock();
            }
        }
    }

    private ReadStep WaitForLine(int scanned)
    {
        _scanned = scanned;
        return _headBytes + scanned > _maxHeadBytes ? Fail(Http1Error.HeadersTooLarge) : ReadStep.NeedMore;
    }

    private bool TryTakeCrossingLine(Buffer input, out bool isLast, out Http1Error error)
    {
        isLast = false;
        error = Http1Error.None;
        int at = input.IndexOf((byte)'\n', _scanned);
        if (at < 0)
        {
            return false;
        }

        _scanned = 0;
        int length = at + 1;
        if (_headBytes + length > _maxHeadBytes)
        {
            error = Http1Error.HeadersTooLarge;
            return true;
        }

        if (length <= BlockPool.BlockSize)
        {
            isLast = TakeLine(input.Linearize(length), out error);
        }
        else
        {
            byte[] array = maps.RentArray(length);
            input.CopyTo(0, array.AsSpan(0, length));
            isLast = TakeLine(array.AsSpan(0, length), out error);
            maps.ReturnArray(array);
        }

        input.Drain(length);
        return true;
    }

    /// <summary>Reads one line with its LF; true for the empty one that ends the block.</summary>
    private bool TakeLine(ReadOnlySpan<byte> line, out Http1Error error)
    {
        error = Http1Error.None;
        _headBytes += line.Length;
        if (_headBytes > _maxHeadBytes)
        {
            error = Http1Error.HeadersTooLarge;
            return false;
        }

        if (line.Length < 2 || line[^2] != (byte)'\r')
        {
            error = Http1Error.BareLineFeed;
            return false;
        }

        line = line[..^2];
        if (_phase == Phase.StartLine)
        {
            Head.Begin(maps.Rent());
            error = isRequest ? RequestLine.Parse(line, options, IsSecure, ref Head) : StatusLine.Parse(line, ref Head);
            _phase = Phase.Fields;
            if (_preservesCase && error == Http1Error.None)
            {
                BeginSpelling(line);
            }

            return false;
        }

        if (line.IsEmpty)
        {
            return true;
        }

        if (_phase == Phase.Fields)
        {
            error = Head.AddField(line, options, isRequest, counters);
            if (_preservesCase && error == Http1Error.None)
            {
                Head.Map!.Spelling!.Add(line[..line.IndexOf((byte)':')]);
            }

            return false;
        }

        Head.Map ??= maps.Rent();
        error = Head.AddTrailer(line, options, isRequest, counters);
        return false;
    }

    /// <summary>What follows remembers how the peer spells; of a status line that is all behind the code and a blank.</summary>
    private void BeginSpelling(ReadOnlySpan<byte> startLine)
    {
        HeaderSpelling spelling = Head.Map!.BeginSpelling(options.CapitalisesOwnNames);
        if (!isRequest && options.ForwardReasonPhrase && startLine.Length > StatusLine.ReasonAt)
        {
            spelling.SetReasonPhrase(startLine[StatusLine.ReasonAt..]);
        }
    }

    private ReadStep FinishBlock()
    {
        if (_phase == Phase.Trailers)
        {
            return FinishTrailers();
        }

        Http1Error error = isRequest
            ? HeadRules.FinishRequest(ref Head, options, out BodyKind body)
            : HeadRules.FinishResponse(ref Head, options, RequestMethod, out body);
        if (error != Http1Error.None)
        {
            return Fail(error);
        }

        BodyKind = body;
        _remaining = Head.ContentLength;
        _phase = body switch
        {
            BodyKind.None => Phase.Done,
            BodyKind.Length => Phase.Length,
            BodyKind.Chunked => Phase.ChunkSize,
            _ => Phase.UntilClose,
        };
        return ReadStep.Head;
    }

    private ReadStep ReadLength(Buffer input)
    {
        if (input.IsEmpty)
        {
            return ReadStep.NeedMore;
        }

        if (input.Length <= _remaining)
        {
            _remaining -= input.Length;
            Body = input;
        }
        else
        {
            input.MoveTo(_own, (int)_remaining);
            _remaining = 0;
            Body = _own;
        }

        if (_remaining == 0)
        {
            _phase = Phase.Done;
        }

        return ReadStep.Body;
    }

    /// <summary>Reads chunks and gathers their data, so that many small ones become one step.</summary>
    private ReadStep ReadChunks(Buffer input)
    {
        Body = _own;
        while (!input.IsEmpty)
        {
            switch (_phase)
            {
                case Phase.ChunkSize:
                    if (!TryReadChunkSize(input))
                    {
                        return EndChunks();
                    }

                    break;
                case Phase.ChunkData:
                    int take = (int)Math.Min(_remaining, input.Length);
                    input.MoveTo(_own, take);
                    _remaining -= take;
                    _phase = _remaining == 0 ? Phase.ChunkEnd : Phase.ChunkData;
                    break;
                case Phase.ChunkEnd:
                    if (!TryReadChunkEnd(input))
                    {
                        return EndChunks();
                    }

                    break;
                default:
                    return EndChunks(input);
            }
        }

        return EndChunks();
    }

    private ReadStep EndChunks() =>
        !_own.IsEmpty ? ReadStep.Body : _phase == Phase.Failed ? ReadStep.Error : ReadStep.NeedMore;

    /// <summary>
    /// The last chunk was read. When no trailers follow, the message ends in the step that delivers the data before; else the
    /// data goes first.
    /// </summary>
    private ReadStep EndChunks(Buffer input)
    {
        if (_own.IsEmpty)
        {
            return ReadLines(input);
        }

        if (_scanned == 0 && input.Length >= 2 && input.FirstSpan[0] == (byte)'\r' && ByteAt(input, 1) == (byte)'\n')
        {
            input.Drain(2);
            _phase = Phase.Done;
        }

        return ReadStep.Body;
    }

    private ReadStep FinishTrailers()
    {
        _phase = Phase.Done;
        Body = _own;
        if (Head.Map is null)
        {
            return ReadStep.Body;
        }

        if (options.EnableTrailers && Head.Map.Count > 0)
        {
            return ReadStep.Trailers;
        }

        ReleaseMap();
        return ReadStep.Body;
    }

    private bool TryReadChunkSize(Buffer input)
    {
        int at = input.IndexOf((byte)'\n', _scanned);
        if ((at < 0 ? input.Length : at + 1) > ChunkLine.MaxLength)
        {
            Fail(Http1Error.BadChunkExtension);
            return false;
        }

        if (at < 0)
        {
            _scanned = input.Length;
            return false;
        }

        _scanned = 0;
        ReadOnlySpan<byte> line = input.Linearize(at + 1);
        Http1Error error = at == 0 || line[at - 1] != (byte)'\r'
            ? Http1Error.BareLineFeed
            : ChunkLine.Parse(line[..(at - 1)], out _remaining);
        input.Drain(at + 1);
        if (error != Http1Error.None)
        {
            Fail(error);
            return false;
        }

        if (_remaining > 0)
        {
            _phase = Phase.ChunkData;
            return true;
        }

        _phase = Phase.Trailers;
        _headBytes = 0;
        Head.Lines = 0;
        return true;
    }

    private bool TryReadChunkEnd(Buffer input)
    {
        if (input.FirstSpan[0] != (byte)'\r' || (input.Length > 1 && ByteAt(input, 1) != (byte)'\n'))
        {
            Fail(Http1Error.BadChunkEnd);
            return false;
        }

        if (input.Length == 1)
        {
            return false;
        }

        input.Drain(2);
        _phase = Phase.ChunkSize;
        return true;
    }
}
