using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Testing.Http;

/// <summary>
/// A connection around an HTTP/1 server codec, without a network: what the codec reports goes to a <see cref="Transcript"/>, what it
/// sends stays in <see cref="Output"/>. A request is answered by <see cref="OnComplete"/>, a refused one by its status.
/// </summary>
public sealed class ServerCodecProbe : IServerCodecCallbacks, IRequestDecoder, IStreamEvents
{
    private bool _unblocked;

    /// <summary>A fresh connection.</summary>
    public ServerCodecProbe(Http1Options? options = null, bool isSecure = false, BlockPool? blocks = null, HeaderMapPool? maps = null)
    {
        Maps = maps ?? new HeaderMapPool();
        BlockPool pool = blocks ?? new BlockPool();
        Input = new Buffer(pool);
        Output = new Buffer(pool);
        Codec = new Http1ServerCodec(Output, this, Maps, options ?? Http1Options.Default, Counters, 0, isSecure);
    }

    /// <summary>The codec.</summary>
    public Http1ServerCodec Codec { get; }

    /// <summary>What it counted.</summary>
    public CountedHttp1 Counters { get; } = new();

    /// <summary>Where header maps come from.</summary>
    public HeaderMapPool Maps { get; }

    /// <summary>What was received and not used.</summary>
    public Buffer Input { get; }

    /// <summary>What was sent.</summary>
    public Buffer Output { get; }

    /// <summary>What the codec reported.</summary>
    public Transcript Transcript { get; } = new();

    /// <summary>The stream's encoder.</summary>
    public IResponseEncoder Encoder { get; private set; } = null!;

    /// <summary>Called when a request is complete; by default nothing is answered.</summary>
    public Action<ServerCodecProbe>? OnComplete { get; set; }

    /// <summary>Called when a request's head is there, before <see cref="OnComplete"/>.</summary>
    public Action<ServerCodecProbe>? OnHead { get; set; }

    /// <summary>Whether a refused request is answered, which is not possible in the middle of a response.</summary>
    public bool AnswersErrors { get; set; } = true;

    /// <summary>Whether the codec asked to close.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What the last dispatch returned.</summary>
    public CodecStatus LastStatus { get; private set; }

    /// <summary>Everything reported and sent, for comparing.</summary>
    public string Everything => $"{Transcript}-- sent\n{SentText}";

    /// <summary>What was sent, as text.</summary>
    public string SentText => Encoding.Latin1.GetString(Output.ToArray());

    /// <summary>Receives bytes, as a connection would.</summary>
    public ServerCodecProbe Receive(Pieces pieces)
    {
        pieces.Feed(Input, Dispatch);
        return this;
    }

    /// <summary>Receives text whose characters are bytes.</summary>
    public ServerCodecProbe Receive(string text) => Receive(Pieces.Whole(text));

    /// <summary>Lets the codec read on, as often as it says that it can.</summary>
    public void Dispatch()
    {
        do
        {
            _unblocked = false;
            LastStatus = Codec.Dispatch(Input);
        }
        while (_unblocked && !IsClosed);
    }

    /// <summary>Makes a header map: name, value, name, value...</summary>
    public HeaderMap Headers(params string[] fields) => TestHeaders.Make(Maps, fields);

    /// <summary>Answers at once: a status, headers and a body.</summary>
    public void Respond(int status, string body = "", params string[] fields)
    {
        HeaderMap map = Headers(fields);
        map.SetStatus(status);
        IResponseEncoder encoder = Encoder;
        encoder.EncodeHeaders(map, body.Length == 0);
        Maps.Return(map);
        if (body.Length > 0)
        {
            Send(body, endStream: true);
        }
    }

    /// <summary>Sends a piece of a response's body.</summary>
    public void Send(string body, bool endStream)
    {
        Buffer data = new(Output.Pool);
        data.Append(Encoding.Latin1.GetBytes(body));
        Encoder.EncodeData(data, endStream);
    }

    IRequestDecoder IServerCodecCallbacks.OnNewStream(IResponseEncoder encoder)
    {
        Transcript.Add("new");
        Encoder = encoder;
        encoder.Stream.Events = this;
        return this;
    }

    void IServerCodecCallbacks.OnOutput()
    {
    }

    void IServerCodecCallbacks.OnReadUnblocked() => _unblocked = true;

    void IServerCodecCallbacks.OnCloseWanted(bool flush)
    {
        Transcript.Add(flush ? "close after flush" : "close");
        IsClosed = true;
    }

    void IRequestDecoder.OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Transcript.Add("headers", headers, endStream);
        Maps.Return(headers);
        OnHead?.Invoke(this);
        if (endStream)
        {
            OnComplete?.Invoke(this);
        }
    }

    void IRequestDecoder.OnRequestData(Buffer data, bool endStream)
    {
        Transcript.AddBody(data, endStream);
        if (endStream)
        {
            OnComplete?.Invoke(this);
        }
    }

    void IRequestDecoder.OnRequestTrailers(HeaderMap trailers)
    {
        Transcript.Add("trailers", trailers, endStream: true);
        Maps.Return(trailers);
        OnComplete?.Invoke(this);
    }

    void IRequestDecoder.OnRequestError(in CodecError error)
    {
        Transcript.Add(error);
        if (AnswersErrors)
        {
            Respond(error.Status);
        }
    }

    void IStreamEvents.OnStreamReset(StreamResetReason reason, string? detail) => Transcript.Add($"reset {reason} {detail}".TrimEnd());

    void IStreamEvents.OnAboveWriteBufferHighWatermark() => Transcript.Add("above");

    void IStreamEvents.OnBelowWriteBufferLowWatermark() => Transcript.Add("below");
}
