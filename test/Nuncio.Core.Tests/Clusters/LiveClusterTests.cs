using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Pools;
using Nuncio.Core.Tests.Pools;
using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Clusters;

/// <summary>Clusters that change and go while requests are under way.</summary>
public sealed class LiveClusterTests : IDisposable
{
    private const string Ok = "HTTP/1.1 204 No Content\r\n\r\n";

    private readonly UpstreamFixture _fixture = new(workers: 2);
    private readonly SimulatedServer _server;

    public LiveClusterTests() => _server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void ChangedCluster_AnswersWhatIsUnderWayAndClosesWhatIsIdle()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Request();
        TestRequest slow = _fixture.Request();
        _fixture.Run();
        SimulatedPeer idle = _server.Accept();
        SimulatedPeer busy = _server.Accept();
        idle.Write(Ok);
        _fixture.Run();
        _fixture.Add(Changed());
        Assert.True(idle.IsClosed);
        Assert.False(busy.IsClosed);
        TestRequest next = _fixture.Request();
        _fixture.Run();
        SimulatedPeer fresh = _server.Accept();
        fresh.Write(Ok);
        busy.Write(Ok);
        _fixture.Run();
        Assert.Equal(("ready, 204 end", "ready, 204 end"), (slow.Log, next.Log));
        Assert.True(busy.IsClosed);
        Assert.False(fresh.IsClosed);
        Assert.Equal(1, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(0, _fixture.Gauge("upstream_rq_active"));
        Assert.Equal(3, _fixture.Counter("upstream_rq_total"));
        Assert.Equal(0, _fixture.Counter("upstream_cx_destroy_with_active_rq"));
    }

    [Fact]
    public void RequestThatWaitsForItsConnection_IsServedByTheOldVersion()
    {
        _fixture.Loop.Network.Latency = TimeSpan.FromMilliseconds(50);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        TestRequest waiting = _fixture.Request();
        _fixture.Manager.AddOrUpdate(Changed());
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(60));
        SimulatedPeer peer = _server.Accept();
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(60));
        peer.Write(Ok);
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(120));
        Assert.Equal("ready, 204 end", waiting.Log);
        Assert.True(peer.IsClosed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RequestBetweenItsChoiceAndItsPool_IsServedAndLeavesNothingBehind(bool remove)
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        WorkerCluster chosen = _fixture.Cluster;
        Host host = _fixture.Choose()!;
        if (remove)
        {
            _fixture.Manager.Remove("c");
            _fixture.Run();
        }
        else
        {
            _fixture.Add(Changed());
        }

        TestRequest late = new(_fixture.Workers[0]);
        late.Start(chosen.HttpPool(host));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 204 end", late.Log);
        Assert.True(peer.IsClosed);
        Assert.Equal(0, chosen.ConnectionCount);
    }

    [Fact]
    public void HostThatLeftWhileChosen_KeepsNoConnection()
    {
        _fixture.Add(Names());
        _fixture.Dns.Answer("up", "10.0.0.1");
        _fixture.Run();
        WorkerCluster cluster = _fixture.Cluster;
        Host host = _fixture.Choose()!;
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        _fixture.Dns.Answer("up", "10.0.0.2");
        _fixture.Run();
        TestRequest late = new(_fixture.Workers[0]);
        late.Start(cluster.HttpPool(host));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        peer.Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 204 end", late.Log);
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void HostThatStays_KeepsItsCounters()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address, "10.0.0.2:80"));
        _fixture.Request(_fixture.Cluster.Hosts.Priorities[0].All[0]);
        _fixture.Run();
        SimulatedPeer busy = _server.Accept();
        _fixture.Add(UpstreamFixture.Static("10.0.0.3:80", UpstreamFixture.Address));
        Host[] hosts = _fixture.Cluster.Hosts.Priorities[0].All;
        Assert.Equal((0L, 0L), (hosts[0].Totals().RqTotal, hosts[0].Totals().CxTotal));
        Assert.Equal((1L, 1L, 1L), (hosts[1].Totals().RqTotal, hosts[1].Totals().CxTotal, hosts[1].Totals().CxActive));
        busy.Write(Ok);
        _fixture.Run();
        Assert.Equal((0L, 0L), (hosts[1].Totals().RqActive, hosts[1].Totals().CxActive));
        _fixture.Request(hosts[1]);
        Assert.Equal(2, hosts[1].Totals().CxTotal);
    }

    [Fact]
    public void TwoHostsAtOneAddress_CountApartAfterAChange()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Request();
        _fixture.Run();
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address, UpstreamFixture.Address));
        Host[] hosts = _fixture.Cluster.Hosts.Priorities[0].All;
        Assert.Equal((1L, 0L), (hosts[0].Totals().RqTotal, hosts[1].Totals().RqTotal));
    }

    [Fact]
    public void ChangedNames_OldHostsServeUntilTheFirstAnswer()
    {
        _fixture.Add(Names());
        _fixture.Dns.Answer("up", "10.0.0.1");
        _fixture.Run();
        WorkerCluster before = _fixture.Cluster;
        _fixture.Add(Names() with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        Assert.Same(before, _fixture.Cluster);
        TestRequest request = _fixture.Request();
        _fixture.Run();
        _server.Accept().Write(Ok);
        _fixture.Run();
        Assert.Equal("ready, 204 end", request.Log);

        // The version that serves goes on asking too, until it is replaced.
        _fixture.Dns.Answer("up", "10.0.0.1");
        _fixture.Run();
        Assert.NotSame(before, _fixture.Cluster);
        Assert.True(before.IsDraining);
        Assert.Equal(1, _fixture.Cluster.Hosts.Priorities[0].All[0].Totals().RqTotal);
    }

    [Fact]
    public void WarmingVersionIsReplaced_OnlyTheLatestIsPublished()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        _fixture.Add(Names());
        _fixture.Add(Changed());
        Assert.Equal(TimeSpan.FromSeconds(1), _fixture.Cluster.Info.Config.ConnectTimeout);
        Assert.Equal(0, _fixture.Dns.Waiting);
        Assert.True(_fixture.Manager.IsWarm);
    }

    [Fact]
    public void TcpConnection_OutlivesItsCluster()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
        User user = new();
        _fixture.Cluster.ConnectTcp(_fixture.Choose()!, user);
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        _fixture.Manager.Remove("c");
        _fixture.Loop.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_fixture.Cluster);
        Assert.False(peer.IsClosed);
        user.Connection!.Close(ConnectionCloseType.NoFlush, "test");
        _fixture.Run();
        Assert.Null(_fixture.Stats.FindCounter("cluster.c.upstream_cx_total"));
    }

    [Fact]
    public void OneOfAThousand_NothingElseIsTouched()
    {
        for (int i = 0; i < 1000; i++)
        {
            _fixture.Manager.AddOrUpdate(UpstreamFixture.Static(UpstreamFixture.Address) with { Name = $"c{i}" });
        }

        _fixture.Run();
        WorkerCluster[] before = [.. Enumerable.Range(0, 1000).Select(i => _fixture.Workers[0].Clusters.Find($"c{i}")!)];
        HostSetSnapshot[] hosts = [.. before.Select(static cluster => cluster.Hosts)];
        _fixture.Add(Changed() with { Name = "c500" });
        for (int i = 0; i < 1000; i++)
        {
            WorkerCluster now = _fixture.Workers[0].Clusters.Find($"c{i}")!;
            Assert.Equal(i != 500, ReferenceEquals(before[i], now));
            Assert.Equal(i == 500, before[i].IsDraining);
            Assert.Equal(i != 500, ReferenceEquals(hosts[i], now.Hosts));
        }

        Assert.Equal(1, _fixture.Stats.CounterValue("cluster_manager.cluster_modified"));
        Assert.Equal(0, _fixture.Stats.CounterValue("cluster_manager.cluster_updated"));
        Assert.Equal(1, _fixture.Stats.CounterValue("cluster.c499.membership_change"));
    }

    private static ClusterConfig Changed() =>
        UpstreamFixture.Static(UpstreamFixture.Address) with { ConnectTimeout = TimeSpan.FromSeconds(1) };

    private static ClusterConfig Names() => new()
    {
        Name = "c",
        Discovery = ClusterDiscoveryKind.StrictDns,
        Dns = new DnsConfig(),
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig { DnsName = "up", Port = 80 }] }],
    };

    private sealed class User : ITcpConnectCallbacks
    {
        public Connection? Connection { get; private set; }

        public void OnTcpReady(Connection upstream, Host host) => Connection = upstream;

        public void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host) => Assert.Fail("not expected");
    }
}
