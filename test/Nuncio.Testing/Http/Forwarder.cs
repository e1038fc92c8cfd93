using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Testing.Http;

/// <summary>
/// The least possible proxy: what a server codec takes in, a client codec sends on, one upstream connection per request. What comes
/// out is what an upstream would have to read, so that a second reading of it must find the same requests.
/// </summary>
public sealed class Forwarder : IServerCodecCallbacks, IRequestDecoder, IClientCodecCallbacks, IResponseDecoder
{
    private readonly HeaderMapPool _maps = new();
    private readonly BlockPool _blocks = new();
    private readonly Http1Options _options;
    private readonly Http1ServerCodec _server;
    private readonly Buffer _input;
    private readonly Buffer _answers;
    private Buffer _upstream;
    private IResponseEncoder _response = null!;
    private IRequestEncoder? _request;
    private bool _unblocked;
    private bool _isClosed;

    /// <summary>A proxy for one client connection.</summary>
    public Forwarder(Http1Options options)
    {
        _options = options;
        _input = new Buffer(_blocks);
        _answers = new Buffer(_blocks);
        _upstream = new Buffer(_blocks);
        _server = new Http1ServerCodec(_answers, this, _maps, options, NullHttp1Counters.Instance);
    }

    /// <summary>What was sent on, one element per complete request.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>What the client's requests were, for comparing.</summary>
    public Transcript Requests { get; } = new();

    /// <summary>Maps not given back.</summary>
    public int LeakedMaps => _maps.Rented;

    /// <summary>Takes the client's bytes.</summary>
    public void Receive(byte[] bytes)
    {
        _input.Append(bytes);
        do
        {
            _unblocked = false;
            _server.Dispatch(_input);
        }
        while (_unblocked && !_isClosed);
        _server.OnPeerHalfClosed();
    }

    IRequestDecoder IServerCodecCallbacks.OnNewStream(IResponseEncoder encoder)
    {
        _response = encoder;
        return this;
    }

    void IServerCodecCallbacks.OnOutput()
    {
    }

    void IServerCodecCallbacks.OnReadUnblocked() => _unblocked = true;

    void IServerCodecCallbacks.OnCloseWanted(bool flush) => _isClosed = true;

    void IRequestDecoder.OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _upstream = new Buffer(_blocks);
        Http1ClientCodec client = new(_upstream, this, _maps, _options, NullHttp1Counters.Instance);
        _request = client.NewStream(this);
        Requests.Add("request", headers, endStream);
        if (!_request.EncodeHeaders(headers, endStream, out string? missing))
        {
            throw new InvalidOperationException($"a request without {missing} was let in");
        }

        _maps.Return(headers);
        EndIf(endStream);
    }

    void IRequestDecoder.OnRequestData(Buffer data, bool endStream)
    {
        Buffer copy = new(_blocks);
        copy.Append(data.ToArray());
        Requests.AddBody(copy, endStream: false);
        _request!.EncodeData(data, endStream);
        EndIf(endStream);
    }

    void IRequestDecoder.OnRequestTrailers(HeaderMap trailers)
    {
        Requests.Add("trailers", trailers, endStream: true);
        _request!.EncodeTrailers(trailers);
        _maps.Return(trailers);
        EndIf(endStream: true);
    }

    void IRequestDecoder.OnRequestError(in CodecError error) => Respond(error.Status);

    void IClientCodecCallbacks.OnOutput()
    {
    }

    void IClientCodecCallbacks.OnReadUnblocked()
    {
    }

    void IClientCodecCallbacks.OnStreamEnded()
    {
    }

    void IClientCodecCallbacks.OnCloseWanted() => throw new InvalidOperationException("a request was sent on cut short");

    void IResponseDecoder.OnInformational(HeaderMap headers) => _maps.Return(headers);

    void IResponseDecoder.OnResponseHeaders(HeaderMap headers, bool endStream) => _maps.Return(headers);

    void IResponseDecoder.OnResponseData(Buffer data, bool endStream) => data.Clear();

    void IResponseDecoder.OnResponseTrailers(HeaderMap trailers) => _maps.Return(trailers);

    private void EndIf(bool endStream)
    {
        if (endStream)
        {
            Sent.Add(_upstream.ToArray());
            _upstream.Clear();
            Respond(200);
        }
    }

    private void Respond(int status)
    {
        HeaderMap map = _maps.Rent();
        map.SetStatus(status);
        _response.EncodeHeaders(map, endStream: true);
        _maps.Return(map);
    }
}
