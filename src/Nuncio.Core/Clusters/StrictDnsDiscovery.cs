using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>
/// STRICT_DNS: every address of every name is a host. A host whose address stays stays the same host. No addresses in a good answer
/// remove the name's hosts; a failure keeps them. Owner: main thread.
/// </summary>
internal sealed class StrictDnsDiscovery : HostDiscovery
{
    private readonly List<DnsTarget> _targets = [];

    public StrictDnsDiscovery(ManagedCluster cluster)
        : base(cluster)
    {
        DnsBackOff failures = new(cluster.Info.Config.Dns, cluster.Dispatcher.Random);
        foreach (LocalityEndpointsConfig locality in cluster.Info.Config.Endpoints)
        {
            foreach (EndpointConfig endpoint in locality.Endpoints)
            {
                _targets.Add(new DnsTarget(cluster, locality, endpoint, failures, OnResolved));
            }
        }
    }

    /// <inheritdoc/>
    public override void Start()
    {
        foreach (DnsTarget target in _targets)
        {
            target.Resolve();
        }

        if (_targets.Count == 0)
        {
            Cluster.OnFirstAnswer();
        }
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        foreach (DnsTarget target in _targets)
        {
            target.Stop();
        }
    }

    private void OnResolved(DnsTarget target, DnsAnswer answer)
    {
        if (!answer.IsCompleted)
        {
            target.Failed();
            return;
        }

        target.Succeeded();
        List<Host> hosts = [];
        HashSet<NetworkAddress> seen = [];
        foreach (NetworkAddress found in answer.Addresses)
        {
            NetworkAddress address = found.WithPort(target.Endpoint.Port);
            if (seen.Add(address))
            {
                Host? known = target.Hosts.Find(host => host.Address.Equals(address));
                hosts.Add(known ?? Cluster.NewHost(address, target.Endpoint, target.Locality));
            }
        }

        target.Hosts = InStableOrder(target.Hosts, hosts);
        List<Host> all = [];
        foreach (DnsTarget each in _targets)
        {
            all.AddRange(each.Hosts);
        }

        if (!Cluster.SetHosts(all))
        {
            Cluster.Stats.UpdateNoRebuild.Inc();
        }
    }

    /// <summary>
    /// The new hosts, those that were there before first and in their order: name servers rotate their answers, and an answer that is
    /// only in another order is no change.
    /// </summary>
    private static List<Host> InStableOrder(List<Host> before, List<Host> now)
    {
        List<Host> ordered = [];
        foreach (Host host in before)
        {
            if (now.Contains(host))
            {
                ordered.Add(host);
            }
        }

        foreach (Host host in now)
        {
            if (!before.Contains(host))
            {
                ordered.Add(host);
            }
        }

        return ordered;
    }
}
