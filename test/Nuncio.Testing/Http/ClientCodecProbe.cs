using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Testing.Http;

/// <summary>
/// A pooled upstream connection around an HTTP/1 client codec, without a network: what the codec reports goes to a
/// <see cref="Transcript"/>, what it sends stays in <see cref="Output"/>.
/// </summary>
public sealed class ClientCodecProbe : IClientCodecCallbacks, IResponseDecoder, IStreamEvents
{
    private bool _unblocked;

    /// <summary>A fresh connection.</summary>
    public ClientCodecProbe(Http1Options? options = null, BlockPool? blocks = null, HeaderMapPool? maps = null)
    {
        Maps = maps ?? new HeaderMapPool();
        BlockPool pool = blocks ?? new BlockPool();
        Input = new Buffer(pool);
        Output = new Buffer(pool);
        Codec = new Http1ClientCodec(Output, this, Maps, options ?? Http1Options.Default, Counters);
    }

    /// <summary>The codec.</summary>
    public Http1ClientCodec Codec { get; }

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
    public IRequestEncoder Encoder { get; private set; } = null!;

    /// <summary>Called when a stream has ended.</summary>
    public Action<ClientCodecProbe>? OnEnded { get; set; }

    /// <summary>What the last dispatch returned.</summary>
    public CodecStatus LastStatus { get; private set; }

    /// <summary>What was sent, as text.</summary>
    public string SentText => Encoding.Latin1.GetString(Output.ToArray());

    /// <summary>Everything reported, and whether the connection can be used again.</summary>
    public string Everything => $"{Transcript}-- {(Codec.IsReusable ? "reusable" : "not reusable")}\n";

    /// <summary>Begins a stream.</summary>
    public ClientCodecProbe Begin()
    {
        Encoder = Codec.NewStream(this);
        Encoder.Stream.Events = this;
        return this;
    }

    /// <summary>Begins a stream and sends a request: method, headers, body.</summary>
    public ClientCodecProbe Request(string method = "GET", string body = "", params string[] fields)
    {
        Begin();
        Head(method, body.Length == 0, fields);
        if (body.Length > 0)
        {
            Send(body, endStream: true);
        }

        return this;
    }

    /// <summary>Sends a request's head.</summary>
    public void Head(string method, bool endStream, params string[] fields)
    {
        HeaderMap map = Headers([":method", method, ":path", "/", ":authority", "host", .. fields]);
        if (method == "CONNECT")
        {
            map.Remove(KnownHeader.Path);
        }

        if (!Encoder.EncodeHeaders(map, endStream, out string? missing))
        {
            Transcript.Add($"missing {missing}");
        }

        Maps.Return(map);
    }

    /// <summary>Sends a piece of a request's body.</summary>
    public void Send(string body, bool endStream)
    {
        Buffer data = new(Output.Pool);
        data.Append(Encoding.Latin1.GetBytes(body));
        Encoder.EncodeData(data, endStream);
    }

    /// <summary>Receives bytes, as a connection would.</summary>
    public ClientCodecProbe Receive(Pieces pieces)
    {
        pieces.Feed(Input, Dispatch);
        return this;
    }

    /// <summary>Receives text whose characters are bytes.</summary>
    public ClientCodecProbe Receive(string text) => Receive(Pieces.Whole(text));

    /// <summary>Lets the codec read on, as often as it says that it can.</summary>
    public void Dispatch()
    {
        do
        {
            _unblocked = false;
            LastStatus = Codec.Dispatch(Input);
        }
        while (_unblocked);
    }

    /// <summary>Makes a header map: name, value, name, value...</summary>
    public HeaderMap Headers(params string[] fields) => TestHeaders.Make(Maps, fields);

    void IClientCodecCallbacks.OnOutput()
    {
    }

    void IClientCodecCallbacks.OnReadUnblocked() => _unblocked = true;

    void IClientCodecCallbacks.OnStreamEnded()
    {
        Transcript.Add("ended");
        OnEnded?.Invoke(this);
    }

    void IClientCodecCallbacks.OnCloseWanted() => Transcript.Add("close");

    void IResponseDecoder.OnInformational(HeaderMap headers)
    {
        Transcript.Add("informational", headers, endStream: false);
        Maps.Return(headers);
    }

    void IResponseDecoder.OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        Transcript.Add("headers", headers, endStream);
        Maps.Return(headers);
    }

    void IResponseDecoder.OnResponseData(Buffer data, bool endStream) => Transcript.AddBody(data, endStream);

    void IResponseDecoder.OnResponseTrailers(HeaderMap trailers)
    {
        Transcript.Add("trailers", trailers, endStream: true);
        Maps.Return(trailers);
    }

    void IStreamEvents.OnStreamReset(StreamResetReason reason, string? detail) => Transcript.Add($"reset {reason} {detail}".TrimEnd());

    void IStreamEvents.OnAboveWriteBufferHighWatermark() => Transcript.Add("above");

    void IStreamEvents.OnBelowWriteBufferLowWatermark() => Transcript.Add("below");
}
