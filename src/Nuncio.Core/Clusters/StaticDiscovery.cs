namespace Nuncio.Core.Clusters;

/// <summary>STATIC: the addresses of the configuration are the hosts, at once. Owner: main thread.</summary>
internal sealed class StaticDiscovery(ManagedCluster cluster) : HostDiscovery(cluster)
{
    /// <inheritdoc/>
    public override void Start()
    {
        List<Host> hosts = [];
        foreach (LocalityEndpointsConfig locality in Cluster.Info.Config.Endpoints)
        {
            foreach (EndpointConfig endpoint in locality.Endpoints)
            {
                hosts.Add(Cluster.NewHost(endpoint.Address!, endpoint, locality));
            }
        }

        Cluster.SetHosts(hosts);
        Cluster.OnFirstAnswer();
    }
}
