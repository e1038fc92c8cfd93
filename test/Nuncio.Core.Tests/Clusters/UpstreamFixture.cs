using Nuncio.Base.Stats;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.LoadBalancing;
using Nuncio.Core.Tests.Pools;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Clusters;

/// <summary>A main thread with a cluster manager, and workers, over the simulated network.</summary>
internal sealed class UpstreamFixture : IDisposable
{
    public const string Address = "10.0.0.1:80";

    public UpstreamFixture(int workers = 1, ulong seed = 1)
    {
        Loop = new SimulatedLoop(workers + 1, seed);
        Stats = new StatsStore(workers + 1);
        for (int i = 1; i <= workers; i++)
        {
            Workers.Add(new WorkerContext(Loop.Dispatchers[i], Stats));
        }

        Manager = new ClusterManager(Loop.Dispatcher, Stats.Root(), Workers, Dns);
    }

    public SimulatedLoop Loop { get; }

    public StatsStore Stats { get; }

    public List<WorkerContext> Workers { get; } = [];

    public ScriptedDns Dns { get; } = new();

    public ClusterManager Manager { get; }

    /// <summary>The first worker's side of the cluster "c".</summary>
    public WorkerCluster Cluster => Workers[0].Clusters.Find(ClusterRef.Of("c"))!;

    /// <summary>The first worker's choice.</summary>
    public Host? Choose() => Cluster.ChooseHost(new LoadBalancerContext(null));

    /// <summary>A STATIC cluster "c" of these hosts.</summary>
    public static ClusterConfig Static(params string[] addresses) => new()
    {
        Name = "c",
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [.. addresses.Select(static address => Endpoint(address))] }],
    };

    public static EndpointConfig Endpoint(string address, uint weight = 1, EndpointHealthStatus health = EndpointHealthStatus.Unknown)
    {
        NetworkAddress.TryParseIpAndPort(address, out NetworkAddress? parsed);
        return new EndpointConfig { Address = parsed, Weight = weight, HealthStatus = health };
    }

    /// <summary>Adds a cluster and lets the workers hear of it.</summary>
    public UpstreamFixture Add(ClusterConfig config)
    {
        Manager.AddOrUpdate(config);
        Loop.RunUntilIdle();
        return this;
    }

    /// <summary>A request on the first worker, to a chosen host or the one the load balancer chooses.</summary>
    public TestRequest Request(Host? host = null, bool fresh = false, ResourcePriority priority = ResourcePriority.Default)
    {
        TestRequest request = new(Workers[0]);
        request.Start(Cluster.HttpPool(host ?? Choose()!, priority), fresh);
        return request;
    }

    public void Run() => Loop.RunUntilIdle();

    public long Counter(string name) => Stats.CounterValue("cluster.c." + name);

    public long Gauge(string name) => Stats.GaugeValue("cluster.c." + name);

    public void Dispose()
    {
        Assert.Empty(Loop.Contained);
        Loop.Dispose();
    }
}
