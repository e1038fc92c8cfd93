using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Pools;
using Nuncio.Core.Tests.Clusters;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Http;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Tests.Pools;

/// <summary>The whole cycle of a request on a warm pool over real sockets: the test is the upstream, on the same thread.</summary>
public sealed class WarmPoolAllocationTests : IDisposable, IResponseDecoder, IPoolCallbacks, IStreamEvents
{
    private static readonly byte[] s_answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"u8.ToArray();
    private readonly EpollPoller _poller = new();
    private readonly EpollPoller _mainPoller = new();
    private readonly byte[] _received = new byte[4096];
    private readonly Dispatcher _dispatcher;
    private readonly Dispatcher _main;
    private readonly WorkerContext _worker;
    private readonly HeaderMap _request;
    private readonly int _listener;
    private readonly WorkerCluster _cluster;
    private int _answers;

    public WarmPoolAllocationTests()
    {
        _main = new Dispatcher("main", 0, _mainPoller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        _dispatcher = new Dispatcher("worker_0", 1, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(2));
        StatsStore stats = new(2);
        _worker = new WorkerContext(_dispatcher, stats);
        _request = TestHeaders.Make(_worker.Headers, ":method", "GET", ":path", "/", ":authority", "up");
        _listener = LinuxSockets.Instance.Socket(AddressKind.IPv4);
        LinuxSockets.Instance.Bind(_listener, NetworkAddress.FromIPv4(0x7F000001, 0));
        LinuxSockets.Instance.Listen(_listener, 16);
        NetworkAddress address = LinuxSockets.Instance.GetLocalAddress(_listener)!;
        ClusterManager manager = new(_main, stats.Root(), [_worker], new ScriptedDns());
        manager.AddOrUpdate(UpstreamFixture.Static(address.ToString()));
        _dispatcher.RunOnce(0);
        _cluster = _worker.Clusters.Find("c")!;
    }

    public void Dispose()
    {
        LinuxSockets.Instance.Close(_listener);
        _poller.Dispose();
        _mainPoller.Dispose();
    }

    [Fact]
    public void RequestCycle_AllocatesNothing()
    {
        int upstream = Connect();
        for (int i = 0; i < 200; i++)
        {
            Cycle(upstream);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Cycle(upstream);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1200, _answers);
        Assert.Equal(0, allocated);
        LinuxSockets.Instance.Close(upstream);
    }

    void IPoolCallbacks.OnPoolReady(IRequestEncoder encoder, Connection upstream, Host host, HttpProtocol protocol, bool reusedConnection)
    {
        encoder.Stream.Events = this;
        encoder.EncodeHeaders(_request, endStream: true, out _);
    }

    void IPoolCallbacks.OnPoolFailure(PoolFailureReason reason, string? transportFailureReason, Host host) => Assert.Fail(reason.ToString());

    void IResponseDecoder.OnInformational(HeaderMap headers) => _worker.Headers.Return(headers);

    void IResponseDecoder.OnResponseHeaders(HeaderMap headers, bool endStream) => _worker.Headers.Return(headers);

    void IResponseDecoder.OnResponseData(Buffer data, bool endStream)
    {
        data.Clear();
        _answers += endStream ? 1 : 0;
    }

    void IResponseDecoder.OnResponseTrailers(HeaderMap trailers) => _worker.Headers.Return(trailers);

    void IStreamEvents.OnStreamReset(StreamResetReason reason, string? detail) => Assert.Fail(reason.ToString());

    void IStreamEvents.OnAboveWriteBufferHighWatermark()
    {
    }

    void IStreamEvents.OnBelowWriteBufferLowWatermark()
    {
    }

    /// <summary>Makes the pool's connection and gives it back; answers the test's end of it.</summary>
    private int Connect()
    {
        Host host = _cluster.ChooseHost(new LoadBalancerContext(null))!;
        PendingStream pending = _cluster.HttpPool(host).NewStream(this, this)!;
        pending.Cancel();
        int upstream;
        do
        {
            _dispatcher.RunOnce(1_000_000);
            upstream = LinuxSockets.Instance.Accept(_listener, out _);
        }
        while (upstream < 0);

        while (_cluster.HttpPool(host).ConnectionCount == 0 || !IsReady(host))
        {
            _dispatcher.RunOnce(1_000_000);
        }

        return upstream;
    }

    // The connect is counted when it is done.
    private bool IsReady(Host host)
    {
        _worker.Stats.Store.Flush();
        return _worker.Stats.Store.FindHistogram("cluster.c.upstream_cx_connect_ms")!.Cumulative.Count == 1 && host.Totals().CxActive == 1;
    }

    private void Cycle(int upstream)
    {
        int before = _answers;
        Host host = _cluster.ChooseHost(new LoadBalancerContext(null))!;
        Assert.Null(_cluster.HttpPool(host).NewStream(this, this));
        _dispatcher.RunOnce(0);
        int got;
        while ((got = LinuxSockets.Instance.Receive(upstream, _received)) <= 0)
        {
            _dispatcher.RunOnce(0);
        }

        LinuxSockets.Instance.Send(upstream, s_answer);
        while (_answers == before)
        {
            _dispatcher.RunOnce(1_000_000);
        }
    }
}
