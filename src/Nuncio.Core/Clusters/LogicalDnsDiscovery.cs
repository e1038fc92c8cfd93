using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>
/// LOGICAL_DNS: one host, which moves to the addresses of each answer and is named by the first; connections that exist stay where they are. No addresses
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
        var addresses = new NetworkAddress[answer.Addresses.Count];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = answer.Addresses[i].WithPort(target.Endpoint.Port);
        }

        if (target.Hosts.Count == 0)
        {
            Host host = Cluster.NewHost(addresses[0], target.Endpoint, target.Locality);
            host.TryMoveTo(addresses);
            target.Hosts.Add(host);
            Cluster.SetHosts(target.Hosts);
        }
        else if (!target.Hosts[0].TryMoveTo(addresses))
        {
            Cluster.Stats.UpdateNoRebuild.Inc();
        }
    }
}
