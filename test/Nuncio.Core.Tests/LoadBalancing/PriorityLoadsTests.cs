using Nuncio.Core.Clusters;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Tests.Clusters;

namespace Nuncio.Core.Tests.LoadBalancing;

/// <summary>The tables of Envoy's pages on priority levels, degraded endpoints and the panic threshold.</summary>
public sealed class PriorityLoadsTests
{
    [Theory]
    [InlineData("100", "100/0")]
    [InlineData("100 100", "100/0 0/0")]
    [InlineData("72 100", "100/0 0/0")]
    [InlineData("71 100", "99/0 1/0")]
    [InlineData("50 100", "70/0 30/0")]
    [InlineData("25 100", "35/0 65/0")]
    [InlineData("0 100", "0/0 100/0")]
    [InlineData("25 25 100", "35/0 35/0 30/0")]
    [InlineData("25 25 25", "35/0 35/0 30/0")]
    [InlineData("20 20", "50/0 50/0")]
    public void HealthOfPriorities_GivesTheLoad(string healthPercent, string expected)
    {
        PrioritySnapshot[] priorities = [.. healthPercent.Split(' ').Select(static text => Priority(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 0))];
        PriorityLoads loads = PriorityLoads.Of(priorities, new LoadBalancingConfig { HealthyPanicThreshold = 0 });
        Assert.Equal(expected, Print(loads, priorities.Length));
    }

    [Theory]
    [InlineData(100, 0, "100/0")]
    [InlineData(50, 50, "70/30")]
    [InlineData(0, 100, "0/100")]
    public void DegradedHosts_GetTheRest(int healthy, int degraded, string expected)
    {
        PriorityLoads loads = PriorityLoads.Of([Priority(healthy, degraded)], new LoadBalancingConfig());
        Assert.Equal(expected, Print(loads, 1));
        Assert.False(loads.IsInPanic(0));
    }

    [Fact]
    public void EverythingInPanic_SharesByNumberOfHosts()
    {
        PriorityLoads loads = PriorityLoads.Of([Priority(5, 0), Priority(5, 0, hosts: 300)], new LoadBalancingConfig());
        Assert.True(loads.IsInPanic(0));
        Assert.True(loads.IsInPanic(1));
        Assert.Equal("25/0 75/0", Print(loads, 2));
    }

    [Fact]
    public void EnoughCapacityElsewhere_NoPanic()
    {
        PriorityLoads loads = PriorityLoads.Of([Priority(10, 0), Priority(100, 0)], new LoadBalancingConfig());
        Assert.False(loads.IsInPanic(0));
        Assert.Equal("14/0 86/0", Print(loads, 2));
    }

    [Fact]
    public void NoHosts_LoadIsOnPriorityZero() => Assert.Equal("100/0", Print(PriorityLoads.Of([PrioritySnapshot.Empty], new LoadBalancingConfig()), 1));

    private static PrioritySnapshot Priority(int healthyPercent, int degradedPercent, int hosts = 100)
    {
        ClusterInfo cluster = new(UpstreamFixture.Static(), 1);
        Host[] all = new Host[hosts];
        for (int i = 0; i < hosts; i++)
        {
            int percent = i * 100 / hosts;
            EndpointHealthStatus health = percent < healthyPercent ? EndpointHealthStatus.Healthy
                : percent < healthyPercent + degradedPercent ? EndpointHealthStatus.Degraded
                : EndpointHealthStatus.Unhealthy;
            EndpointConfig endpoint = UpstreamFixture.Endpoint($"10.0.{i / 250}.{i % 250}:80", health: health);
            all[i] = new Host(cluster, endpoint.Address!, endpoint, new LocalityEndpointsConfig());
        }

        return new PrioritySnapshot(all);
    }

    private static string Print(PriorityLoads loads, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(i => $"{loads.HealthyLoad(i)}/{loads.DegradedLoad(i)}"));
}
