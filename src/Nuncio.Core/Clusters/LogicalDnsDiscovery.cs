using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>
/// LOGICAL_DNS: one host, which moves to the first address of each answer; connections that exist stay where they are. No addresses
/// count as a failure, and a failure keeps the address. Owner: main thread.
/// </summary>
internal sealed class LogicalDnsDiscovery : HostDiscovery
{
    private readonly DnsTarget _target;

    public LogicalDnsDiscovery(ManagedCluster cluster)
        : base(cluster)
    {
        // Config has made sure that there is exactly one endpoint. Envoy: its priority is always 0.
        LocalityEndpointsConfig locality = cluster.Info.Config.Endpoints[0] with { Priority = 0 };
        DnsBackOff failures = new(cluster.Info.Config.Dns, cluster.Dispatcher.Random);
        _target = new DnsTarget(cluster, locality, locality.Endpoints[0], failures, OnResolved);
    }

    /// <inheritdoc/>
    public override void Start() => _target.Resolve();

    /// <inheritdoc/>
    public override void Stop() => _target.Stop();

    private void OnResolved(DnsTarget target, DnsAnswer answer)
    {
        if (!answer.IsCompleted || answer.Addresses.Count == 0)
        {
            target.Failed();
            return;
        }

        target.Succeeded();
        NetworkAddress address = answer.Addresses[0].WithPort(target.Endpoint.Port);
        if (target.Hosts.Count == 0)
        {
            target.Hosts.Add(new Host(Cluster.Info, address, target.Endpoint, target.Locality));
            Cluster.SetHosts(target.Hosts);
        }
        else if (target.Hosts[0].Address.Equals(address))
        {
            Cluster.Stats.UpdateNoRebuild.Inc();
        }
        else
        {
            target.Hosts[0].MoveTo(address);
        }
    }
}
