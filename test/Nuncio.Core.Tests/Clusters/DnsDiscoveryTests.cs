using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Tests.Pools;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Clusters;

public sealed class DnsDiscoveryTests : IDisposable
{
    private readonly UpstreamFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void StrictDns_EveryAddressIsAHost()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Assert.Null(_fixture.Cluster);
        Assert.False(_fixture.Manager.IsWarm);
        Assert.Equal(1, _fixture.Stats.GaugeValue("cluster_manager.warming_clusters"));
        Answer("10.0.0.1", "10.0.0.2", "10.0.0.1");
        Assert.True(_fixture.Manager.IsWarm);
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], Hosts());
        Assert.Equal("up", _fixture.Choose()!.Hostname);
        Assert.Equal(1, _fixture.Counter("update_attempt"));
        Assert.Equal(1, _fixture.Counter("update_success"));
    }

    [Fact]
    public void Refresh_AsksEveryFiveSeconds()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1");
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(4990));
        Assert.Equal(1, _fixture.Dns.Asked);
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(2, _fixture.Dns.Asked);
    }

    [Fact]
    public void AddressThatStays_StaysTheSameHost()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1", "10.0.0.2");
        Host kept = _fixture.Cluster.Hosts.Priorities[0].All[1];
        NextAnswer("10.0.0.3", "10.0.0.2");
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80"], Hosts());
        Assert.Same(kept, _fixture.Cluster.Hosts.Priorities[0].All[0]);
        Assert.Equal(2, _fixture.Counter("membership_change"));
        Assert.Equal(1, _fixture.Stats.CounterValue("cluster_manager.cluster_updated"));
    }

    [Fact]
    public void SameAddressesInAnotherOrder_AreNoChange()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1", "10.0.0.2");
        HostSetSnapshot before = _fixture.Cluster.Hosts;
        NextAnswer("10.0.0.2", "10.0.0.1");
        Assert.Same(before, _fixture.Cluster.Hosts);
        Assert.Equal(1, _fixture.Counter("update_no_rebuild"));
    }

    [Fact]
    public void RemovedAddress_DrainsItsPool()
    {
        SimulatedServer server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1");
        TestRequest request = _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = server.Accept();
        NextAnswer("10.0.0.2");
        Assert.False(peer.IsClosed);
        peer.Write("HTTP/1.1 204 No Content\r\n\r\n");
        _fixture.Run();
        Assert.Equal("ready, 204 end", request.Log);
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void Failure_KeepsTheHosts()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1");
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        _fixture.Dns.Fail("up");
        _fixture.Run();
        Assert.Equal(["10.0.0.1:80"], Hosts());
        Assert.Equal(1, _fixture.Counter("update_failure"));
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _fixture.Dns.Waiting);
    }

    [Fact]
    public void EmptyAnswer_RemovesTheHostsOfStrictDns()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1");
        NextAnswer();
        Assert.Empty(Hosts());
        Assert.Null(_fixture.Choose());
        Assert.Equal(2, _fixture.Counter("update_success"));
    }

    [Fact]
    public void FirstFailure_EndsTheWarmingToo()
    {
        bool warm = false;
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        _fixture.Manager.WhenWarm(() => warm = true);
        Assert.False(warm);
        _fixture.Dns.Fail("up");
        _fixture.Run();
        Assert.True(warm);
        Assert.NotNull(_fixture.Cluster);
        Assert.Null(_fixture.Choose());
    }

    [Fact]
    public void FailureBackOff_DoublesUpToItsMaximumAndResets()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns) with
        {
            Dns = new DnsConfig { FailureBase = TimeSpan.FromMilliseconds(100), FailureMax = TimeSpan.FromMilliseconds(300) },
        });
        foreach (int step in new[] { 100, 200, 300, 300 })
        {
            _fixture.Dns.Fail("up");
            _fixture.Loop.Advance(TimeSpan.FromMilliseconds(step + 2));
            Assert.Equal(1, _fixture.Dns.Waiting);
        }

        Answer("10.0.0.1");
        _fixture.Loop.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, _fixture.Dns.Waiting);
    }

    [Fact]
    public void Jitter_LengthensTheWait()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns) with
        {
            Dns = new DnsConfig { RefreshRate = TimeSpan.FromSeconds(1), Jitter = TimeSpan.FromSeconds(10) },
        });
        Answer("10.0.0.1");
        int asked = 1;
        List<int> waits = [];
        for (int second = 1; waits.Count < 5; second++)
        {
            _fixture.Loop.Advance(TimeSpan.FromSeconds(1));
            if (_fixture.Dns.Asked > asked)
            {
                asked = _fixture.Dns.Asked;
                waits.Add(second);
                second = 0;
                Answer("10.0.0.1");
            }
        }

        Assert.All(waits, static wait => Assert.InRange(wait, 1, 12));
        Assert.True(waits.Distinct().Count() > 1);
    }

    [Fact]
    public void TwoNames_AddUp()
    {
        _fixture.Add(new ClusterConfig
        {
            Name = "c",
            Discovery = ClusterDiscoveryKind.StrictDns,
            Endpoints =
            [
                new LocalityEndpointsConfig
                {
                    Endpoints = [new EndpointConfig { DnsName = "up", Port = 80 }, new EndpointConfig { DnsName = "other", Port = 81 }],
                },
            ],
        });
        Answer("10.0.0.1");
        Assert.True(_fixture.Manager.IsWarm);
        _fixture.Dns.Answer("other", "10.0.0.1");
        _fixture.Run();
        Assert.Equal(["10.0.0.1:80", "10.0.0.1:81"], Hosts());
    }

    [Fact]
    public void LogicalDns_MovesItsHostAndKeepsItsConnections()
    {
        SimulatedServer first = _fixture.Loop.Network.Listen("10.0.0.1:80");
        SimulatedServer second = _fixture.Loop.Network.Listen("10.0.0.2:80");
        _fixture.Add(Cluster(ClusterDiscoveryKind.LogicalDns));
        Answer("10.0.0.1", "10.0.0.9");
        Assert.Equal(["10.0.0.1:80"], Hosts());
        _fixture.Request();
        _fixture.Run();
        SimulatedPeer peer = first.Accept();
        peer.Write("HTTP/1.1 204 No Content\r\n\r\n");
        _fixture.Run();
        NextAnswer("10.0.0.2");
        Assert.Equal(["10.0.0.2:80"], Hosts());
        Assert.False(peer.IsClosed);
        Assert.Equal("ready", _fixture.Request().Log);
        _fixture.Request();
        _fixture.Run();
        Assert.True(second.HasWaiting);
    }

    [Fact]
    public void LogicalDnsWithoutAddresses_CountsAsFailureAndKeepsTheHost()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.LogicalDns));
        Answer("10.0.0.1");
        NextAnswer();
        Assert.Equal(["10.0.0.1:80"], Hosts());
        Assert.Equal(1, _fixture.Counter("update_failure"));
    }

    [Fact]
    public void RemovedCluster_AsksNoMore()
    {
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Answer("10.0.0.1");
        _fixture.Manager.Remove("c");
        _fixture.Loop.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, _fixture.Dns.Asked);
    }

    [Fact]
    public void UpdateWhileResolving_TheOldOneServesUntilTheAnswer()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80"));
        WorkerCluster before = _fixture.Cluster;
        _fixture.Add(Cluster(ClusterDiscoveryKind.StrictDns));
        Assert.Same(before, _fixture.Cluster);
        Answer("10.0.0.2");
        Assert.Equal(["10.0.0.2:80"], Hosts());
        Assert.True(before.IsDraining);
    }

    private static ClusterConfig Cluster(ClusterDiscoveryKind kind) => new()
    {
        Name = "c",
        Discovery = kind,
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig { DnsName = "up", Port = 80 }] }],
    };

    private void Answer(params string[] addresses)
    {
        _fixture.Dns.Answer("up", addresses);
        _fixture.Run();
    }

    private void NextAnswer(params string[] addresses)
    {
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        Answer(addresses);
    }

    private string[] Hosts() => [.. _fixture.Cluster.Hosts.Priorities.SelectMany(static priority => priority.All).Select(static host => host.ToString())];
}
