using Nuncio.Core.Clusters;
using Nuncio.Core.Tests.Clusters;

namespace Nuncio.Core.Tests.LoadBalancing;

public sealed class LoadBalancerTests : IDisposable
{
    private readonly UpstreamFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void RoundRobin_TakesEachHostInTurn()
    {
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"));
        string[] first = [.. Picks(3)];
        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(first, Picks(3));
        Assert.Equal(first, Picks(3));
    }

    [Fact]
    public void RoundRobin_GoesOnAfterAChangeOfHosts()
    {
        _fixture.Add(Dns());
        _fixture.Dns.Answer("up", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        _fixture.Run();
        string[] before = [.. Picks(4)];
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        _fixture.Dns.Answer("up", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
        _fixture.Run();
        Assert.Equal(before[1], Picks(1).Single());
    }

    [Fact]
    public void RoundRobinWithWeights_SharesExactlyAndSmoothly()
    {
        _fixture.Add(Weighted(LoadBalancingPolicyKind.RoundRobin));
        string[] picks = [.. Picks(400)];
        Assert.InRange(picks.Count(static host => host == "10.0.0.1:80"), 99, 101);
        Assert.InRange(picks.Count(static host => host == "10.0.0.2:80"), 299, 301);
        int longest = picks.Aggregate((Run: 0, Max: 0), static (state, host) =>
            host == "10.0.0.2:80" ? (state.Run + 1, Math.Max(state.Max, state.Run + 1)) : (0, state.Max)).Max;
        Assert.InRange(longest, 3, 4);
    }

    [Fact]
    public void Random_IsUniformWhateverTheWeights()
    {
        _fixture.Add(Weighted(LoadBalancingPolicyKind.Random));
        int first = Picks(10_000).Count(static host => host == "10.0.0.1:80");
        Assert.InRange(first, 4800, 5200);
    }

    [Fact]
    public void LeastRequest_AvoidsTheBusyHost()
    {
        _fixture.Loop.Network.Listen("10.0.0.1:80");
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80", "10.0.0.2:80") with
        {
            LoadBalancing = new LoadBalancingConfig { Policy = LoadBalancingPolicyKind.LeastRequest, FullScan = true },
        });
        Host busy = _fixture.Manager.GetStatus()[0].AllHosts.First();
        _fixture.Request(busy);
        _fixture.Run();
        Assert.All(Picks(50), static host => Assert.Equal("10.0.0.2:80", host));
    }

    [Fact]
    public void LeastRequestOfTwoChoices_PrefersTheIdleHost()
    {
        _fixture.Loop.Network.Listen("10.0.0.1:80");
        _fixture.Add(UpstreamFixture.Static("10.0.0.1:80", "10.0.0.2:80") with
        {
            LoadBalancing = new LoadBalancingConfig { Policy = LoadBalancingPolicyKind.LeastRequest },
        });
        Host busy = _fixture.Manager.GetStatus()[0].AllHosts.First();
        _fixture.Request(busy);
        _fixture.Run();

        // The busy one is chosen only when both draws fall on it: a quarter of the time.
        Assert.InRange(Picks(10_000).Count(static host => host == "10.0.0.1:80"), 2300, 2700);
    }

    [Fact]
    public void LeastRequestWithWeights_SharesByWeightWhenIdle()
    {
        _fixture.Add(Weighted(LoadBalancingPolicyKind.LeastRequest));
        Assert.InRange(Picks(400).Count(static host => host == "10.0.0.1:80"), 99, 101);
    }

    [Fact]
    public void UnhealthyHosts_AreNotUsed()
    {
        _fixture.Add(Hosts(
            UpstreamFixture.Endpoint("10.0.0.1:80"),
            UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Unhealthy),
            UpstreamFixture.Endpoint("10.0.0.3:80")));
        Assert.DoesNotContain("10.0.0.2:80", Picks(30));
        Assert.Equal(0, _fixture.Counter("lb_healthy_panic"));
    }

    [Fact]
    public void TooFewHealthyHosts_AllAreUsedAndCounted()
    {
        _fixture.Add(Hosts(
            UpstreamFixture.Endpoint("10.0.0.1:80"),
            UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Unhealthy),
            UpstreamFixture.Endpoint("10.0.0.3:80", health: EndpointHealthStatus.Timeout)));
        Assert.Equal(3, Picks(3).Distinct().Count());
        Assert.Equal(3, _fixture.Counter("lb_healthy_panic"));
    }

    [Fact]
    public void PanicSwitchedOff_OnlyHealthyHostsAreUsed()
    {
        LoadBalancingConfig off = new() { HealthyPanicThreshold = 0 };
        _fixture.Add(Hosts(
            UpstreamFixture.Endpoint("10.0.0.1:80"),
            UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Unhealthy),
            UpstreamFixture.Endpoint("10.0.0.3:80", health: EndpointHealthStatus.Unhealthy)) with { LoadBalancing = off });
        Assert.All(Picks(10), static host => Assert.Equal("10.0.0.1:80", host));
        _fixture.Add(Hosts(UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Unhealthy)) with { LoadBalancing = off });
        Assert.Null(_fixture.Choose());
    }

    [Fact]
    public void DrainingHosts_DoNotCountForPanic()
    {
        _fixture.Add(Hosts(
            UpstreamFixture.Endpoint("10.0.0.1:80"),
            UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Draining),
            UpstreamFixture.Endpoint("10.0.0.3:80", health: EndpointHealthStatus.Draining)));
        Assert.All(Picks(10), static host => Assert.Equal("10.0.0.1:80", host));
        Assert.Equal(2, _fixture.Gauge("membership_excluded"));
    }

    [Fact]
    public void ClusterWithoutHosts_ChoosesNone()
    {
        _fixture.Add(UpstreamFixture.Static());
        Assert.Null(_fixture.Choose());
    }

    [Fact]
    public void LowerPriority_TakesWhatTheHigherCannot()
    {
        // Half of priority 0 is healthy: 50 x 1.4 = 70 percent stay, 30 spill.
        _fixture.Add(new ClusterConfig
        {
            Name = "c",
            Endpoints =
            [
                new LocalityEndpointsConfig
                {
                    Endpoints = [UpstreamFixture.Endpoint("10.0.0.1:80"), UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Unhealthy)],
                },
                new LocalityEndpointsConfig { Priority = 1, Endpoints = [UpstreamFixture.Endpoint("10.0.1.1:80")] },
            ],
        });
        string[] picks = [.. Picks(10_000)];
        Assert.InRange(picks.Count(static host => host == "10.0.0.1:80"), 6800, 7200);
        Assert.InRange(picks.Count(static host => host == "10.0.1.1:80"), 2800, 3200);
    }

    [Fact]
    public void DegradedHosts_GetWhatHealthyOnesCannotTake()
    {
        _fixture.Add(Hosts(
            UpstreamFixture.Endpoint("10.0.0.1:80"),
            UpstreamFixture.Endpoint("10.0.0.2:80", health: EndpointHealthStatus.Degraded)));
        string[] picks = [.. Picks(10_000)];
        Assert.InRange(picks.Count(static host => host == "10.0.0.1:80"), 6800, 7200);
        Assert.Equal(10_000, picks.Count(static host => host is "10.0.0.1:80" or "10.0.0.2:80"));
        Assert.Equal(0, _fixture.Counter("lb_healthy_panic"));
    }

    [Theory]
    [InlineData(LoadBalancingPolicyKind.RoundRobin)]
    [InlineData(LoadBalancingPolicyKind.LeastRequest)]
    [InlineData(LoadBalancingPolicyKind.Random)]
    public void Choosing_AllocatesNothing(LoadBalancingPolicyKind policy)
    {
        _fixture.Add(Weighted(policy));
        _fixture.Choose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _fixture.Choose();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ClusterConfig Hosts(params EndpointConfig[] endpoints) =>
        new() { Name = "c", Endpoints = [new LocalityEndpointsConfig { Endpoints = [.. endpoints] }] };

    private static ClusterConfig Weighted(LoadBalancingPolicyKind policy) =>
        Hosts(UpstreamFixture.Endpoint("10.0.0.1:80", 10), UpstreamFixture.Endpoint("10.0.0.2:80", 30)) with
        {
            LoadBalancing = new LoadBalancingConfig { Policy = policy },
        };

    private static ClusterConfig Dns() => new()
    {
        Name = "c",
        Discovery = ClusterDiscoveryKind.StrictDns,
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig { DnsName = "up", Port = 80 }] }],
    };

    private IEnumerable<string> Picks(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return _fixture.Choose()!.ToString();
        }
    }
}
