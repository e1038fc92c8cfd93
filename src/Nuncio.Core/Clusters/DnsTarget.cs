using Nuncio.Core.Dns;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Clusters;

/// <summary>
/// One name that is resolved again and again: after the refresh rate plus jitter, after a failure by the back-off. Owner: main
/// thread; made by its cluster's discovery, ends with it.
/// </summary>
internal sealed class DnsTarget : IDnsCallbacks, ITimerHandler
{
    private readonly ManagedCluster _cluster;
    private readonly Action<DnsTarget, DnsAnswer> _resolved;
    private readonly DnsBackOff _failures;
    private readonly Timer _timer;
    private DnsQuery? _query;

    /// <param name="resolved">Hears each answer, and says by <see cref="Succeeded"/> or <see cref="Failed"/> how to go on.</param>
    public DnsTarget(
        ManagedCluster cluster, LocalityEndpointsConfig locality, EndpointConfig endpoint, DnsBackOff failures,
        Action<DnsTarget, DnsAnswer> resolved)
    {
        _cluster = cluster;
        _resolved = resolved;
        _failures = failures;
        Locality = locality;
        Endpoint = endpoint;
        _timer = new Timer(cluster.Dispatcher.Timers, this);
    }

    /// <summary>Where the endpoint belongs.</summary>
    public LocalityEndpointsConfig Locality { get; }

    /// <summary>The endpoint whose name is resolved.</summary>
    public EndpointConfig Endpoint { get; }

    /// <summary>The hosts its last good answer made.</summary>
    public List<Host> Hosts { get; set; } = [];

    /// <summary>Asks now.</summary>
    public void Resolve()
    {
        _cluster.Stats.UpdateAttempt.Inc();
        _query = _cluster.Resolver.Resolve(Endpoint.DnsName!, _cluster.Info.Config.Dns.LookupFamily, this);
    }

    /// <summary>Stops asking.</summary>
    public void Stop()
    {
        _query?.Cancel();
        _timer.Disarm();
    }

    /// <summary>The answer was good: asks again after the refresh rate.</summary>
    public void Succeeded()
    {
        DnsConfig config = _cluster.Info.Config.Dns;
        _cluster.Stats.UpdateSuccess.Inc();
        _failures.Reset();
        TimeSpan wait = config.RefreshRate;
        if (config.Jitter >= TimeSpan.FromMilliseconds(1))
        {
            ulong jitter = _cluster.Dispatcher.Random.NextUInt64() % (ulong)config.Jitter.TotalMilliseconds;
            wait += TimeSpan.FromMilliseconds(jitter);
        }

        _timer.Arm(wait);
    }

    /// <summary>The answer was no use: asks again after the back-off.</summary>
    public void Failed()
    {
        _cluster.Stats.UpdateFailure.Inc();
        _timer.Arm(_failures.Next());
    }

    void IDnsCallbacks.OnResolved(DnsAnswer answer)
    {
        _query = null;
        _resolved(this, answer);
        _cluster.OnFirstAnswer();
    }

    void ITimerHandler.OnTimer(Timer timer) => Resolve();
}
