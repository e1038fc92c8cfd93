using Nuncio.Core.Clusters;
using Nuncio.Extensions.NetworkFilters.TcpProxy;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

/// <summary>A TCP proxy with prefix "p" to the cluster "up", whose only host is 10.0.0.1:9000, and a log of it.</summary>
internal sealed class TcpProxyFixture : IDisposable
{
    internal const string Upstream = "10.0.0.1:9000";
    internal const string Format = "%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_HOST% %ACCESS_LOG_TYPE%";

    private readonly NetworkFilterFixture _fixture;

    internal TcpProxyFixture(Func<TcpProxyConfig, TcpProxyConfig>? change = null, ClusterConfig? cluster = null, string format = Format)
    {
        Log = new RecordingLogger(format);
        var config = new TcpProxyConfig { StatPrefix = "p", Clusters = ClusterChoice.Of("up"), AccessLogs = [Log] };
        _fixture = new NetworkFilterFixture(new TcpProxyProvider(change is null ? config : change(config)));
        _fixture.AddCluster(cluster ?? NetworkFilterFixture.ClusterOf("up", Upstream));
    }

    internal RecordingLogger Log { get; }

    internal NetworkFilterFixture Base => _fixture;

    internal SimulatedNetwork Network => _fixture.Loop.Network;

    public void Dispose() => _fixture.Dispose();

    internal SimulatedServer Listen(string address = Upstream) => Network.Listen(address);

    internal SimulatedPeer Connect() => _fixture.Connect();

    /// <summary>A client and its upstream connection, proxied.</summary>
    internal (SimulatedPeer Client, SimulatedPeer Upstream) Open()
    {
        SimulatedServer server = Listen();
        SimulatedPeer client = Connect();
        return (client, server.Accept());
    }

    internal void Run() => _fixture.Run();

    internal void Advance(double seconds) => _fixture.Advance(seconds);

    internal long Tcp(string counter) => _fixture.Counter("tcp.p." + counter);

    internal long Cluster(string counter) => _fixture.Counter("cluster.up." + counter);

    /// <summary>Nothing is left of any connection: no descriptor but the listening socket's, no gauge, no block of memory.</summary>
    internal void AssertNothingLeft(int descriptors = 1)
    {
        Run();
        Assert.Equal(descriptors, Network.OpenDescriptors);
        Assert.Equal(0, _fixture.Gauge("cluster.up.upstream_cx_active"));
        Assert.Equal(0, _fixture.Gauge("cluster.up.upstream_rq_active"));
        Assert.Equal(0, _fixture.Gauge("cluster.up.upstream_rq_pending_active"));
        Assert.Equal(0, _fixture.Gauge("cluster.up.upstream_cx_tx_bytes_buffered"));
        Assert.Equal(0, _fixture.Gauge("tcp.p.upstream_flush_active"));
        Assert.Equal(0, _fixture.Gauge("tcp.p.downstream_cx_tx_bytes_buffered"));
        Assert.Equal(0, _fixture.Gauge("tcp.p.downstream_cx_rx_bytes_buffered"));
        Assert.Equal(0, _fixture.Worker.Dispatcher.Blocks.Rented);
    }
}
