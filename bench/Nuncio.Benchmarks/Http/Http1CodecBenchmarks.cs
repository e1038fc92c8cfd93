using System.Text;
using BenchmarkDotNet.Attributes;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Benchmarks.Http;

/// <summary>
/// The HTTP/1 codecs in memory, per exchange: bytes copied in, message read into a header map, answer's head written, bytes
/// dropped. Everything a proxied request costs in the codecs is one server and one client exchange.
/// </summary>
public class Http1CodecBenchmarks : IServerCodecCallbacks, IRequestDecoder, IClientCodecCallbacks, IResponseDecoder
{
    private static readonly byte[] s_small = Encoding.ASCII.GetBytes(
        "GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:10000\r\nUser-Agent: wrk/4.2\r\nAccept: */*\r\n\r\n");

    private static readonly byte[] s_browser = Encoding.ASCII.GetBytes(
        "GET /path/to/resource?query=value HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\nsec-ch-ua-platform: \"Linux\"\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n"
        + "Cookie: session=0123456789abcdef0123456789abcdef\r\n\r\n");

    private static readonly byte[] s_answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22\r\nDate: Fri, 20 Nov 2026 15:33:06 GMT\r\nContent-Type: text/plain\r\n"
        + "Content-Length: 34\r\nConnection: keep-alive\r\n\r\n0123456789012345678901234567890123");

    private readonly HeaderMapPool _maps = new();
    private readonly Buffer _input;
    private readonly Buffer _output;
    private readonly Http1ServerCodec _server;
    private readonly Http1ClientCodec _client;
    private readonly HeaderMap _request;
    private readonly HeaderMap _response;
    private IResponseEncoder _encoder = null!;

    /// <summary>One connection of each kind.</summary>
    public Http1CodecBenchmarks()
    {
        BlockPool blocks = new();
        _input = new Buffer(blocks);
        _output = new Buffer(blocks);
        _server = new Http1ServerCodec(_output, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        _client = new Http1ClientCodec(_output, this, _maps, Http1Options.Default, NullHttp1Counters.Instance);
        _request = _maps.Rent();
        _request.Add(KnownHeader.Method, "GET"u8);
        _request.Add(KnownHeader.Path, "/index.html"u8);
        _request.Add(KnownHeader.Authority, "127.0.0.1:10000"u8);
        _request.Add(KnownHeader.UserAgent, "wrk/4.2"u8);
        _request.Add(KnownHeader.XForwardedProto, "http"u8);
        _request.Add(KnownHeader.XRequestId, "0f5a1b2c-3d4e-5f60-7182-93a4b5c6d7e8"u8);
        _response = _maps.Rent();
        _response.SetStatus(200);
        _response.Add(KnownHeader.ContentType, "text/plain"u8);
        _response.Add(KnownHeader.ContentLength, "0"u8);
        _response.Add(KnownHeader.Date, "Fri, 20 Nov 2026 15:33:06 GMT"u8);
        _response.Add(KnownHeader.Server, "envoy"u8);
        _response.Add(KnownHeader.XEnvoyUpstreamServiceTime, "1"u8);
    }

    /// <summary>The bytes of a load generator's request.</summary>
    [Benchmark(Baseline = true)]
    public void ServerSmall() => Serve(s_small);

    /// <summary>The bytes of a browser's request.</summary>
    [Benchmark]
    public void ServerBrowser() => Serve(s_browser);

    /// <summary>A request written, its response with a small body read.</summary>
    [Benchmark]
    public void Client()
    {
        _client.NewStream(this).EncodeHeaders(_request, endStream: true, out _);
        _input.Append(s_answer);
        _client.Dispatch(_input);
        _output.Clear();
    }

    private void Serve(byte[] request)
    {
        _input.Append(request);
        _server.Dispatch(_input);
        _output.Clear();
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

    void IServerCodecCallbacks.OnCloseWanted(bool flush) => throw new InvalidOperationException();

    void IRequestDecoder.OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _maps.Return(headers);
        _encoder.EncodeHeaders(_response, endStream: true);
    }

    void IRequestDecoder.OnRequestData(Buffer data, bool endStream) => throw new InvalidOperationException();

    void IRequestDecoder.OnRequestTrailers(HeaderMap trailers) => throw new InvalidOperationException();

    void IRequestDecoder.OnRequestError(in CodecError error) => throw new InvalidOperationException(error.Reason);

    void IClientCodecCallbacks.OnOutput()
    {
    }

    void IClientCodecCallbacks.OnReadUnblocked()
    {
    }

    void IClientCodecCallbacks.OnStreamEnded()
    {
    }

    void IClientCodecCallbacks.OnCloseWanted() => throw new InvalidOperationException();

    void IResponseDecoder.OnInformational(HeaderMap headers) => throw new InvalidOperationException();

    void IResponseDecoder.OnResponseHeaders(HeaderMap headers, bool endStream) => _maps.Return(headers);

    void IResponseDecoder.OnResponseData(Buffer data, bool endStream) => data.Clear();

    void IResponseDecoder.OnResponseTrailers(HeaderMap trailers) => throw new InvalidOperationException();
}
