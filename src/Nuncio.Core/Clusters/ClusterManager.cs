using Nuncio.Base.Stats;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Logging;
using Nuncio.IO.Events;

namespace Nuncio.Core.Clusters;

/// <summary>
/// All clusters of the process: makes them, keeps their hosts up to date and publishes both to the workers.
/// </summary>
/// <remarks>
/// Owner: main thread. Made at start, lives as long as the process. A new version of a cluster warms beside the old one and takes its
/// place when the first answer about its hosts is there; the cost of an update is that of what changed.
/// </remarks>
public sealed class ClusterManager
{
    private readonly StatScope _root;
    private readonly IReadOnlyList<WorkerContext> _workers;
    private readonly Dictionary<string, ManagedCluster> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManagedCluster> _warming = new(StringComparer.Ordinal);
    private readonly List<Action> _whenWarm = [];

    /// <param name="main">The main thread's loop.</param>
    /// <param name="root">Root scope of the statistics, bound to the main thread's cells.</param>
    /// <param name="workers">The workers that clusters are published to.</param>
    /// <param name="resolver">Who resolves names.</param>
    public ClusterManager(Dispatcher main, StatScope root, IReadOnlyList<WorkerContext> workers, DnsResolver resolver)
    {
        Dispatcher = main;
        Resolver = resolver;
        _root = root;
        _workers = workers;
        Stats = new ClusterManagerStats(root.SubScope("cluster_manager"));
    }

    /// <summary><c>cluster_manager.*</c>.</summary>
    public ClusterManagerStats Stats { get; }

    /// <summary>Whether no cluster waits for its first answer.</summary>
    public bool IsWarm => _warming.Count == 0;

    internal Dispatcher Dispatcher { get; }

    internal DnsResolver Resolver { get; }

    // The loggers are the process's, whichever worker they are asked from.
    private ComponentLog? Log => _workers.Count > 0 ? _workers[0].Logs.Upstream : null;

    /// <summary>Adds a cluster, or replaces the one of its name. False when it is configured like that already.</summary>
    public bool AddOrUpdate(ClusterConfig config, bool addedViaApi = false)
    {
        Dispatcher.AssertOwner();
        ManagedCluster? latest = _warming.GetValueOrDefault(config.Name) ?? _active.GetValueOrDefault(config.Name);
        if (latest is not null && latest.Info.Config.Equals(config))
        {
            return false;
        }

        (latest is null ? Stats.Added : Stats.Modified).Inc();
        Log?.Debug(CoreEvents.ClusterUpdated, $"cluster '{config.Name}' is {(latest is null ? "added" : "replaced")}");
        if (_warming.Remove(config.Name, out ManagedCluster? abandoned))
        {
            abandoned.Stop(removed: true);
        }

        ClusterInfo info = new(config, _root.Store.CellCount) { AddedViaApi = addedViaApi };
        ManagedCluster cluster = new(
            this, info, new MembershipStats(_root.SubScope("cluster." + info.StatName)), _active.GetValueOrDefault(config.Name));
        _warming.Add(config.Name, cluster);
        cluster.Stats.WarmingState.Set(1);
        SetGauges();
        cluster.Start();
        return true;
    }

    /// <summary>Removes a cluster; its pools drain. False when there is none of that name.</summary>
    public bool Remove(string name)
    {
        Dispatcher.AssertOwner();
        bool found = false;
        if (_warming.Remove(name, out ManagedCluster? warming))
        {
            warming.Stop(removed: true);
            found = true;
        }

        if (_active.Remove(name, out ManagedCluster? active))
        {
            active.Stop(removed: true);
            found = true;
        }

        if (found)
        {
            Stats.Removed.Inc();
            Log?.Debug(CoreEvents.ClusterRemoved, $"cluster '{name}' is removed");
            SetGauges();
            TellIfWarm();
        }

        return found;
    }

    /// <summary>Whether there is a cluster of that name, warming ones included.</summary>
    public bool Contains(string name) => _active.ContainsKey(name) || _warming.ContainsKey(name);

    /// <summary>Calls back once no cluster waits for its first answer: at once, or from the loop.</summary>
    public void WhenWarm(Action callback)
    {
        if (IsWarm)
        {
            callback();
        }
        else
        {
            _whenWarm.Add(callback);
        }
    }

    /// <summary>The active clusters in order of their names, for the admin's <c>/clusters</c> and <c>/config_dump</c>.</summary>
    public IReadOnlyList<ClusterStatus> GetStatus()
    {
        List<ClusterStatus> all = [];
        foreach (ManagedCluster cluster in _active.Values)
        {
            all.Add(new ClusterStatus(cluster.Info, cluster.Hosts));
        }

        all.Sort(static (a, b) => string.CompareOrdinal(a.Info.Name, b.Info.Name));
        return all;
    }

    /// <summary>A cluster's first answer is there: it takes the place of the version before it.</summary>
    internal void OnWarm(ManagedCluster cluster)
    {
        string name = cluster.Info.Name;
        if (_warming.GetValueOrDefault(name) != cluster)
        {
            return;
        }

        _warming.Remove(name);
        _active.TryGetValue(name, out ManagedCluster? before);
        _active[name] = cluster;
        cluster.Publish(_workers);
        before?.Stop(removed: false);
        cluster.Stats.WarmingState.Set(0);
        SetGauges();
        TellIfWarm();
    }

    private void SetGauges()
    {
        Stats.Active.Set(_active.Count);
        Stats.Warming.Set(_warming.Count);
    }

    private void TellIfWarm()
    {
        if (_warming.Count > 0 || _whenWarm.Count == 0)
        {
            return;
        }

        Action[] callbacks = [.. _whenWarm];
        _whenWarm.Clear();
        foreach (Action callback in callbacks)
        {
            callback();
        }
    }
}
