using System.Text;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.Tests.Clusters;

public sealed class ClusterManagerTests : IDisposable
{
    private readonly UpstreamFixture _fixture = new(workers: 2);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void StaticCluster_IsOnEveryWorkerAndCounted()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80", "10.0.0.2:80"));
        foreach (Core.Extensibility.WorkerContext worker in _fixture.Workers)
        {
            Assert.Equal(2, worker.Clusters.Find(ClusterRef.Of("c"))!.Hosts.HostCount);
            Assert.Same(worker.Clusters.Find("c"u8), worker.Clusters.Find(ClusterRef.Of("c")));
        }

        Assert.True(_fixture.Manager.IsWarm);
        Assert.Equal(2, _fixture.Gauge("membership_total"));
        Assert.Equal(2, _fixture.Gauge("membership_healthy"));
        Assert.Equal(1, _fixture.Counter("membership_change"));
        Assert.Equal(1, _fixture.Stats.GaugeValue("cluster_manager.active_clusters"));
        Assert.Equal(1, _fixture.Stats.CounterValue("cluster_manager.cluster_added"));
    }

    [Fact]
    public void UnknownName_FindsNothing()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80"));
        Assert.Null(_fixture.Workers[0].Clusters.Find(ClusterRef.Of("never added")));
        Assert.Null(_fixture.Workers[0].Clusters.Find("x"u8));
        Assert.Null(_fixture.Workers[0].Clusters.Find(new byte[5000]));
    }

    [Fact]
    public void EqualConfiguration_ChangesNothing()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80"));
        WorkerCluster before = _fixture.Cluster;
        Assert.False(_fixture.Manager.AddOrUpdate(UpstreamFixture.Static("10.0.0.1:80")));
        _fixture.Run();
        Assert.Same(before, _fixture.Cluster);
    }

    [Fact]
    public void ChangedConfiguration_ReplacesAndDrains()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80"));
        WorkerCluster before = _fixture.Cluster;
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80") with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        Assert.NotSame(before, _fixture.Cluster);
        Assert.True(before.IsDraining);
        Assert.Equal(1, _fixture.Stats.CounterValue("cluster_manager.cluster_modified"));
        Assert.Equal(1, _fixture.Gauge("membership_total"));
    }

    [Fact]
    public void RemovedCluster_IsGoneWithItsStatistics()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80"));
        Assert.True(_fixture.Manager.Remove("c"));
        _fixture.Run();
        Assert.Null(_fixture.Cluster);
        Assert.Null(_fixture.Workers[1].Clusters.Find("c"u8));
        Assert.Null(_fixture.Stats.FindCounter("cluster.c.upstream_cx_total"));
        Assert.Null(_fixture.Stats.FindGauge("cluster.c.membership_total"));
        Assert.Equal(1, _fixture.Stats.CounterValue("cluster_manager.cluster_removed"));
        Assert.Equal(0, _fixture.Stats.GaugeValue("cluster_manager.active_clusters"));
        Assert.False(_fixture.Manager.Remove("c"));
    }

    [Fact]
    public void AltStatName_NamesTheStatistics()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80") with { AltStatName = "other" });
        Assert.Equal("other", _fixture.Cluster.Info.StatName);
        Assert.Equal(1, _fixture.Stats.GaugeValue("cluster.other.membership_total"));
    }

    [Fact]
    public void LimitsOfManyWorkers_AreShared()
    {
        _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with { DefaultLimits = new CircuitBreakerConfig { MaxRequests = 4 } });
        WorkerLimit first = _fixture.Workers[0].Clusters.Find("c")!.Limits(ResourcePriority.Default).Requests;
        WorkerLimit second = _fixture.Workers[1].Clusters.Find("c")!.Limits(ResourcePriority.Default).Requests;
        Assert.True(first.TryAcquire() && first.TryAcquire() && first.TryAcquire() && second.TryAcquire());
        Assert.False(second.TryAcquire());
        Assert.False(first.TryAcquire());
        Assert.Equal(1, _fixture.Gauge("circuit_breakers.default.rq_open"));
        first.Release();
        Assert.Equal(0, _fixture.Gauge("circuit_breakers.default.rq_open"));
        Assert.True(second.TryAcquire());
        Assert.False(first.TryAcquire());
        Assert.Equal(4, _fixture.Cluster.Info.Limits(ResourcePriority.Default).Requests.InUse);
    }

    [Fact]
    public void TrackRemaining_TellsWhatIsLeft()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with
        {
            DefaultLimits = new CircuitBreakerConfig { MaxRequests = 10, TrackRemaining = true },
        });
        Assert.Equal(10, _fixture.Gauge("circuit_breakers.default.remaining_rq"));
        _fixture.Cluster.Limits(ResourcePriority.Default).Requests.Acquire();
        Assert.Equal(9, _fixture.Gauge("circuit_breakers.default.remaining_rq"));
    }

    [Fact]
    public void Status_IsWrittenAsEnvoyWritesIt()
    {
        _fixture.Add(new ClusterConfig
        {
            Name = "c",
            HighLimits = new CircuitBreakerConfig { MaxConnections = 7 },
            Endpoints =
            [
                new LocalityEndpointsConfig
                {
                    Locality = new Locality("r", "z", "s"),
                    Endpoints = [UpstreamFixture.Endpoint("10.0.0.1:80", 3, EndpointHealthStatus.Unhealthy) with { Hostname = "h" }],
                },
            ],
        });
        StringBuilder text = new();
        _fixture.Manager.GetStatus()[0].AppendText(text);
        Assert.Equal(
            """
            c::observability_name::c
            c::default_priority::max_connections::1024
            c::default_priority::max_pending_requests::1024
            c::default_priority::max_requests::1024
            c::default_priority::max_retries::3
            c::high_priority::max_connections::7
            c::high_priority::max_pending_requests::1024
            c::high_priority::max_requests::1024
            c::high_priority::max_retries::3
            c::added_via_api::false
            c::10.0.0.1:80::cx_active::0
            c::10.0.0.1:80::cx_connect_fail::0
            c::10.0.0.1:80::cx_total::0
            c::10.0.0.1:80::rq_active::0
            c::10.0.0.1:80::rq_error::0
            c::10.0.0.1:80::rq_success::0
            c::10.0.0.1:80::rq_timeout::0
            c::10.0.0.1:80::rq_total::0
            c::10.0.0.1:80::hostname::h
            c::10.0.0.1:80::health_flags::/failed_eds_health
            c::10.0.0.1:80::weight::3
            c::10.0.0.1:80::region::r
            c::10.0.0.1:80::zone::z
            c::10.0.0.1:80::sub_zone::s
            c::10.0.0.1:80::canary::false
            c::10.0.0.1:80::priority::0
            c::10.0.0.1:80::success_rate::-1
            c::10.0.0.1:80::local_origin_success_rate::-1

            """,
            text.ToString());
    }
}
