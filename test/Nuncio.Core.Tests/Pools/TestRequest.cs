using System.Text;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Pools;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Nuncio.Testing.Http;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Tests.Pools;

/// <summary>A request as the router would make it; writes down what it hears.</summary>
internal sealed class TestRequest(WorkerContext worker) : IResponseDecoder, IStreamEvents, IPoolCallbacks
{
    private readonly StringBuilder _log = new();
    private string _method = "GET";
    private bool _endsAtOnce = true;

    /// <summary>What happened, in words.</summary>
    public string Log => _log.ToString().TrimEnd(' ', ',');

    public PendingStream? Pending { get; private set; }

    public IRequestEncoder? Encoder { get; private set; }

    public Connection? Connection { get; private set; }

    public bool WasReused { get; private set; }

    /// <summary>Called within the callback about a failure or reset: what a retry would do.</summary>
    public Action? OnTrouble { get; set; }

    /// <summary>Called when the answer's head arrives.</summary>
    public Action? OnHeaders { get; set; }

    /// <summary>Sends the head only; the body stays open.</summary>
    public TestRequest WithOpenBody()
    {
        _method = "POST";
        _endsAtOnce = false;
        return this;
    }

    public void Start(HttpConnectionPool pool, bool fresh = false) => Pending = pool.NewStream(this, this, fresh);

    public void SendBody(string body, bool endStream)
    {
        Buffer data = new(worker.Dispatcher.Blocks);
        data.Append(Encoding.Latin1.GetBytes(body));
        Encoder!.EncodeData(data, endStream);
    }

    public void OnPoolReady(IRequestEncoder encoder, Connection upstream, Host host, HttpProtocol protocol, bool reusedConnection)
    {
        Pending = null;
        Encoder = encoder;
        Connection = upstream;
        WasReused = reusedConnection;
        encoder.Stream.Events = this;
        Note("ready");
        HeaderMap headers = TestHeaders.Make(worker.Headers, ":method", _method, ":path", "/", ":authority", "up");
        Assert.True(encoder.EncodeHeaders(headers, _endsAtOnce, out _));
        worker.Headers.Return(headers);
    }

    public void OnPoolFailure(PoolFailureReason reason, string? transportFailureReason, Host host)
    {
        Pending = null;
        Note($"failed {reason} {transportFailureReason}".TrimEnd());
        OnTrouble?.Invoke();
    }

    public void OnInformational(HeaderMap headers) => worker.Headers.Return(headers);

    public void OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        OnHeaders?.Invoke();
        Note(headers.GetStatus().ToString(System.Globalization.CultureInfo.InvariantCulture) + (endStream ? " end" : ""));
        worker.Headers.Return(headers);
    }

    public void OnResponseData(Buffer data, bool endStream)
    {
        Note("\"" + Encoding.Latin1.GetString(data.ToArray()) + "\"" + (endStream ? " end" : ""));
        data.Clear();
    }

    public void OnResponseTrailers(HeaderMap trailers)
    {
        Note("trailers end");
        worker.Headers.Return(trailers);
    }

    public void OnStreamReset(StreamResetReason reason, string? detail)
    {
        Note($"reset {reason}");
        OnTrouble?.Invoke();
    }

    public void OnAboveWriteBufferHighWatermark() => Note("above");

    public void OnBelowWriteBufferLowWatermark() => Note("below");

    private void Note(string what) => _log.Append(what).Append(", ");

}
