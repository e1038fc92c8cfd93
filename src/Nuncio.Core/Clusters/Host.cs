using System.Runtime.CompilerServices;
using System.Text;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>One upstream host of one cluster.</summary>
/// <remarks>
/// Any thread: immutable but for the addresses of a LOGICAL_DNS host (<see cref="Addresses"/> is what new connections use; a
/// connection knows its own), counters, and one slot per thread that only that thread touches. Made by the cluster's discovery on
/// the main thread; lives until the last stream that refers to it is gone.
/// </remarks>
public sealed class Host
{
    private readonly WorkerHost?[] _workers;
    private readonly HostStats?[] _stats;
    private readonly byte[] _hostnameUtf8;
    private NetworkAddress _address;
    private NetworkAddress[] _addresses;
    private int _activeRequests;

    /// <summary>A host of <paramref name="cluster"/> at <paramref name="address"/>.</summary>
    /// <param name="before">The same host in the version of the cluster that this one follows: its counters go on.</param>
    public Host(
        ClusterInfo cluster, NetworkAddress address, EndpointConfig endpoint, LocalityEndpointsConfig locality, Host? before = null)
    {
        Cluster = cluster;
        Endpoint = endpoint;
        Locality = locality.Locality;
        Priority = locality.Priority;
        Hostname = endpoint.Hostname.Length == 0 ? endpoint.DnsName ?? "" : endpoint.Hostname;
        _hostnameUtf8 = Encoding.UTF8.GetBytes(Hostname);
        Health = endpoint.HealthStatus switch
        {
            EndpointHealthStatus.Unknown or EndpointHealthStatus.Healthy => HostHealth.Healthy,
            EndpointHealthStatus.Degraded => HostHealth.Degraded,
            _ => HostHealth.Unhealthy,
        };
        _address = address;
        _addresses = cluster.Config.HappyEyeballs.Order([address, .. endpoint.AdditionalAddresses]);
        _workers = new WorkerHost?[cluster.CellCount];
        _stats = before?._stats.Length == cluster.CellCount ? before._stats : new HostStats?[cluster.CellCount];
    }

    /// <summary>Its cluster.</summary>
    public ClusterInfo Cluster { get; }

    /// <summary>Its first address, which names it.</summary>
    public NetworkAddress Address => Volatile.Read(ref _address);

    /// <summary>Where new connections go: one address, or several in the order they are tried.</summary>
    public IReadOnlyList<NetworkAddress> Addresses => Volatile.Read(ref _addresses);

    /// <summary>Name for host rewriting; empty when there is none.</summary>
    public string Hostname { get; }

    /// <summary><see cref="Hostname"/> as it is written to the wire.</summary>
    public ReadOnlySpan<byte> HostnameUtf8 => _hostnameUtf8;

    /// <summary>The endpoint it came from.</summary>
    public EndpointConfig Endpoint { get; }

    /// <summary>Share of traffic.</summary>
    public uint Weight => Endpoint.Weight;

    /// <summary>Where it runs.</summary>
    public Locality Locality { get; }

    /// <summary>Priority; 0 is used first.</summary>
    public int Priority { get; }

    /// <summary>Facts for formatters and filters.</summary>
    public ConfigMetadata Metadata => Endpoint.Metadata;

    /// <summary>Whether load balancing may use it.</summary>
    public HostHealth Health { get; }

    /// <summary>Whether the health of its cluster is computed without it: it drains.</summary>
    public bool IsExcluded => Endpoint.HealthStatus == EndpointHealthStatus.Draining;

    /// <summary>Requests in flight over all workers; kept only for clusters whose load balancing compares it.</summary>
    internal int SharedActiveRequests => Volatile.Read(ref _activeRequests);

    /// <summary>The counters of one thread, to increment.</summary>
    public HostStats StatsOf(int cell) => _stats[cell] ??= new HostStats();

    /// <summary>Sum of all threads' counters.</summary>
    public HostStats Totals()
    {
        HostStats sum = new();
        foreach (HostStats? stats in _stats)
        {
            if (stats is null)
            {
                continue;
            }

            sum.CxTotal += Volatile.Read(ref stats.CxTotal);
            sum.CxActive += Volatile.Read(ref stats.CxActive);
            sum.CxConnectFail += Volatile.Read(ref stats.CxConnectFail);
            sum.RqTotal += Volatile.Read(ref stats.RqTotal);
            sum.RqActive += Volatile.Read(ref stats.RqActive);
            sum.RqSuccess += Volatile.Read(ref stats.RqSuccess);
            sum.RqError += Volatile.Read(ref stats.RqError);
            sum.RqTimeout += Volatile.Read(ref stats.RqTimeout);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override string ToString() => Address.ToString();

    /// <summary>What thread <paramref name="cell"/> keeps of this host.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal WorkerHost On(int cell) => _workers[cell] ?? Make(cell);

    /// <summary>The same without making it.</summary>
    internal WorkerHost? Existing(int cell) => _workers[cell];

    /// <summary>
    /// LOGICAL_DNS: connections made from now on go elsewhere. False when these are the addresses it has, in that order. Main thread.
    /// </summary>
    internal bool TryMoveTo(NetworkAddress[] addresses)
    {
        NetworkAddress[] ordered = Cluster.Config.HappyEyeballs.Order(addresses);
        if (Address.Equals(addresses[0]) && ordered.AsSpan().SequenceEqual(_addresses))
        {
            return false;
        }

        Volatile.Write(ref _address, addresses[0]);
        Volatile.Write(ref _addresses, ordered);
        return true;
    }

    internal void RequestStarted() => Interlocked.Increment(ref _activeRequests);

    internal void RequestEnded() => Interlocked.Decrement(ref _activeRequests);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WorkerHost Make(int cell) => _workers[cell] = new WorkerHost(this, StatsOf(cell));
}
