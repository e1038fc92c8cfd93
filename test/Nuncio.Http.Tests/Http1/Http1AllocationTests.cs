using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Tests.Http1;

/// <summary>In steady state, carrying requests and responses over kept connections makes no garbage.</summary>
public sealed class Http1AllocationTests : IServerCodecCallbacks, IRequestDecoder, IClientCodecCallbacks, IResponseDecoder
{
    private readonly BlockPool _blocks = new();
    private readonly HeaderMapPool _maps = new();
    private readonly Buffer _toServer;
    private readonly Buffer _toClient;
    private readonly Buffer _body;
    private readonly Http1ServerCodec _server;
    private readonly Http1ClientCodec _client;
    private readonly HeaderMap _request;
    private readonly HeaderMap _response;
    private readonly byte[] _bytes = Encoding.ASCII.GetBytes(new string('x', 100));
    private IResponseEncoder _encoder = null!;
    private int _ended;

    /// <summary>A client and a server codec back to back.</summary>
    public Http1AllocationTests()
    {
        _toServer = new Buffer(_blocks);
        _toClient = new Buffer(_blocks);
        _body = new Buffer(_blocks);
        _server = new Http1ServerCodec(_toClient, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        _client = new Http1ClientCodec(_toServer, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        _request = _maps.Rent();
        _request.Add(KnownHeader.Method, "POST"u8);
        _request.Add(KnownHeader.Path, "/some/path?query=1"u8);
        _request.Add(KnownHeader.Authority, "example.com"u8);
        _request.Add(KnownHeader.UserAgent, "test"u8);
        _request.Add("x-custom-header"u8, "value"u8);
        _request.Add("x-large-header"u8, new byte[3000].AsSpan()); // Makes the arena grow, NULs become blanks.
        _response = _maps.Rent();
        _response.SetStatus(200);
        _response.Add(KnownHeader.ContentType, "text/plain"u8);
    }

    [Fact]
    public void ThousandKeepAliveRequests_AllocateNothing()
    {
        for (int i = 0; i < 3_000; i++)
        {
            Exchange(); // Pools fill, code is compiled.
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            Exchange();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4_000, _ended);
    }

    [Fact]
    public void IdleCodecs_HoldNoPooledMemory()
    {
        Exchange();
        Assert.Equal(2, _maps.Rented); // The two messages of this test.
        Assert.Equal(0, _blocks.Rented);
    }

    [Fact]
    public void IdleCodec_WithItsStream_IsSmall()
    {
        const int Count = 1_000;
        Http1ServerCodec[] codecs = new Http1ServerCodec[Count];
        Buffer output = new(_blocks);
        codecs[0] = new Http1ServerCodec(output, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Count; i++)
        {
            codecs[i] = new Http1ServerCodec(output, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        Assert.True(each < 500, $"{each} bytes");
        GC.KeepAlive(codecs);
    }

    private void Exchange()
    {
        IRequestEncoder encoder = _client.NewStream(this);
        Assert.True(encoder.EncodeHeaders(_request, endStream: false, out _));
        _body.Append(_bytes);
        encoder.EncodeData(_body, endStream: true);
        _server.Dispatch(_toServer);
        _client.Dispatch(_toClient);
    }

    IRequestDecoder IServerCodecCallbacks.OnNewStream(IResponseEncoder encoder)
    {
        _encoder = encoder;
        return this;
    }

    void IServerCodecCallbacks.OnOutput()
    {
    }

    void IServerCodecCallbacks.OnReadUnblocked()
    {
    }

    void IServerCodecCallbacks.OnCloseWanted(bool flush) => Assert.Fail("closed");

    void IRequestDecoder.OnRequestHeaders(HeaderMap headers, bool endStream) => _maps.Return(headers);

    void IRequestDecoder.OnRequestData(Buffer data, bool endStream)
    {
        data.MoveTo(_body);
        if (endStream)
        {
            _encoder.EncodeHeaders(_response, endStream: false);
            _encoder.EncodeData(_body, endStream: true);
        }
    }

    void IRequestDecoder.OnRequestTrailers(HeaderMap trailers) => Assert.Fail("trailers");

    void IRequestDecoder.OnRequestError(in CodecError error) => Assert.Fail(error.Reason);

    void IClientCodecCallbacks.OnOutput()
    {
    }

    void IClientCodecCallbacks.OnReadUnblocked()
    {
    }

    void IClientCodecCallbacks.OnStreamEnded() => _ended++;

    void IClientCodecCallbacks.OnCloseWanted() => Assert.Fail("closed");

    void IResponseDecoder.OnInformational(HeaderMap headers) => Assert.Fail("informational");

    void IResponseDecoder.OnResponseHeaders(HeaderMap headers, bool endStream) => _maps.Return(headers);

    void IResponseDecoder.OnResponseData(Buffer data, bool endStream) => data.Clear();

    void IResponseDecoder.OnResponseTrailers(HeaderMap trailers) => Assert.Fail("trailers");
}
