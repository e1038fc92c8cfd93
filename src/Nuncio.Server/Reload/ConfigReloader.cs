using Microsoft.Extensions.Logging;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using Nuncio.IO.Files;
using Nuncio.IO.Timers;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Lifecycle;
using WireBootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;
using WireListener = Envoy.Config.Listener.V3.Listener;

namespace Nuncio.Server.Reload;

/// <summary>
/// Brings the running process to what its configuration file says now: everything is checked, then only what differs is changed.
/// </summary>
/// <remarks>
/// <para>
/// Owner: main thread; lives as long as the process. A file with an error changes nothing. Order: sockets of new listeners are bound (the
/// last thing that can fail), clusters are added and changed, and once they are warm listeners are removed, changed and added. Clusters
/// that are no longer named go only after the drain time, since connections of the listeners before may still send requests to them.
/// </para>
/// <para>Counters <c>server.config_reload.{attempt,success,rejected}</c> are ours.</para>
/// </remarks>
internal sealed class ConfigReloader
{
    private readonly ServerOptions _options;
    private readonly ServerSeams _seams;
    private readonly Foundation _foundation;
    private readonly ClusterManager _clusters;
    private readonly ListenerManager _listeners;
    private readonly ILogger _log;
    private readonly Counter _attempts;
    private readonly Counter _successes;
    private readonly Counter _rejections;
    private readonly Dictionary<string, ClusterRemoval> _leaving = new(StringComparer.Ordinal);
    private FileWatcher? _watcher;
    private string? _waitingReason;
    private bool _isApplying;

    internal ConfigReloader(
        ServerOptions options, ServerSeams seams, Foundation foundation, ClusterManager clusters, ListenerManager listeners, ILogger log)
    {
        _options = options;
        _seams = seams;
        _foundation = foundation;
        _clusters = clusters;
        _listeners = listeners;
        _log = log;
        Current = foundation.Message;
        LoadedAtUtcTicks = seams.Clock.UtcTicks;
        StatScope scope = foundation.Stats.Root().SubScope("server.config_reload");
        _attempts = scope.Counter("attempt");
        _successes = scope.Counter("success");
        _rejections = scope.Counter("rejected");
    }

    /// <summary>The configuration that runs.</summary>
    internal WireBootstrap Current { get; private set; }

    /// <summary>When it was loaded, UTC, in <see cref="DateTime.Ticks"/>.</summary>
    internal long LoadedAtUtcTicks { get; private set; }

    /// <summary>What came of the last reload that was not a dry run; null when there was none.</summary>
    internal ReloadOutcome? Last { get; private set; }

    /// <summary>Why nothing is reloaded any more; null while it is.</summary>
    internal string? Closed { get; set; }

    /// <summary><c>--watch</c>: reloads whenever the file changes.</summary>
    internal void WatchIfAsked()
    {
        if (_options.Watch && _options.ConfigPath is { } path)
        {
            _watcher = new FileWatcher(_foundation.Main);
            _watcher.Watch(path, () => Reload("--watch"), _seams.ConfigStamp);
            _log.WatchingConfiguration(path);
        }
    }

    /// <summary>Loads the configuration again and makes the changes, or tells what they would be.</summary>
    internal ReloadOutcome Reload(string reason, bool isDryRun = false)
    {
        if (!isDryRun)
        {
            _attempts.Inc();
            _seams.Service.Reloading(_seams.Clock.MonotonicNanos);
        }

        var errors = new ConfigErrors();
        ReloadDifference? difference = null;
        var loadOptions = new LoadOptions { AllowUnknownFields = _options.AllowUnknownStaticFields };
        if (Closed is { } why)
        {
            errors.Add(new ConfigError(default, "", why));
        }
        else if (_options.IsDemo)
        {
            errors.Add(new ConfigError(default, "", "the demo runs from no file; start with -c to have one to reload"));
        }
        else if (ConfigLoader.LoadBootstrap(_options.ConfigPath, _options.ConfigYaml, loadOptions, errors) is { } source)
        {
            _foundation.Check(_options, source, _seams, errors);
            if (!errors.Any)
            {
                difference = ReloadDifference.Between(Current, source.Message, _listeners.Listeners);
                if (!isDryRun)
                {
                    Apply(source, difference, reason, errors);
                }
            }
        }

        var outcome = new ReloadOutcome(errors, difference, isDryRun, _seams.Clock.UtcTicks);
        if (!isDryRun)
        {
            Last = outcome;
            Tell(outcome, reason);
        }

        return outcome;
    }

    private void Tell(ReloadOutcome outcome, string reason)
    {
        if (outcome.IsGood)
        {
            return;
        }

        _rejections.Inc();
        _seams.Service.Ready();
        foreach (ConfigError error in outcome.Errors.Items)
        {
            _log.ReloadRefused(reason, error.ToString());
        }
    }

    private void Apply(LoadedBootstrap source, ReloadDifference difference, string reason, ConfigErrors errors)
    {
        if (_isApplying)
        {
            _waitingReason = reason;
            _log.ReloadWaits(reason);
            return;
        }

        ConfigScope root = source.Root(errors);
        FactoryContext context = _foundation.Context with
        {
            ClusterNames = source.Message.StaticResources?.Clusters.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal),
        };
        List<ListenerConfig> listeners = ConvertListeners(source.Message, difference, context, root);
        List<ClusterConfig> clusters = [.. ServerConfigConverter.Clusters(source.Message, root).Where(c => difference.Clusters.IsNew(c.Name))];
        if (errors.Any)
        {
            return;
        }

        ListenerUpdate update = _listeners.Prepare(listeners, difference.Listeners.Removed);
        if (update.Errors.Count > 0)
        {
            foreach ((string listener, string error) in update.Errors)
            {
                PlaceOf(source.Message, listener, root).Error(error);
            }

            _listeners.Abandon(update);
            return;
        }

        _log.Reloading(reason, difference.ToString());
        _isApplying = true;
        foreach (ClusterConfig cluster in clusters)
        {
            _clusters.AddOrUpdate(cluster);
        }

        Current = source.Message;
        LoadedAtUtcTicks = _seams.Clock.UtcTicks;
        _clusters.WhenWarm(() => _listeners.Commit(update, () => Finish(difference.Clusters.Removed, reason)));
    }

    private void Finish(IReadOnlyList<string> removedClusters, string reason)
    {
        if (removedClusters.Count > 0)
        {
            _ = new ClusterRemoval(this, removedClusters);
        }

        _isApplying = false;
        _successes.Inc();
        _seams.Service.Ready();
        _log.Reloaded(reason);
        MemoryReclaimer.AfterLoading(isServing: true);
        if (_waitingReason is { } waiting)
        {
            _waitingReason = null;
            _foundation.Main.Post(() => Reload(waiting));
        }
    }

    private List<ListenerConfig> ConvertListeners(WireBootstrap wire, ReloadDifference difference, FactoryContext context, ConfigScope root)
    {
        var listeners = new List<ListenerConfig>();
        string?[] names = ReloadDifference.NamesOf(wire, _listeners.Listeners);
        for (int i = 0; i < names.Length; i++)
        {
            WireListener listener = wire.StaticResources!.Listeners[i];
            string? name = names[i];
            ConfigScope place = root.Field("static_resources").Field("listeners").Item(i);
            if ((name is null || difference.Listeners.IsNew(name)) && ListenerConverter.Convert(listener, context, place, name) is { } config)
            {
                listeners.Add(config);
            }
        }

        return listeners;
    }

    private ConfigScope PlaceOf(WireBootstrap wire, string name, ConfigScope root)
    {
        ConfigScope all = root.Field("static_resources").Field("listeners");
        int place = Array.IndexOf(ReloadDifference.NamesOf(wire, _listeners.Listeners), name);
        return place < 0 ? all : all.Item(place).Field("address");
    }

    /// <summary>Clusters that wait for their last users to end; one that a later configuration names again stays.</summary>
    private sealed class ClusterRemoval : ITimerHandler
    {
        private readonly ConfigReloader _owner;
        private readonly IReadOnlyList<string> _names;

        internal ClusterRemoval(ConfigReloader owner, IReadOnlyList<string> names)
        {
            _owner = owner;
            _names = names;
            foreach (string name in names)
            {
                owner._leaving[name] = this; // One that came back and goes again waits its own time.
            }

            new Timer(owner._foundation.Main.Timers, this).Arm(owner._listeners.DrainTime);
        }

        /// <inheritdoc/>
        public void OnTimer(Timer timer)
        {
            var named = _owner.Current.StaticResources?.Clusters.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal) ?? [];
            foreach (string name in _names)
            {
                if (_owner._leaving.GetValueOrDefault(name) == this)
                {
                    _owner._leaving.Remove(name);
                    if (!named.Contains(name))
                    {
                        _owner._clusters.Remove(name);
                    }
                }
            }
        }
    }
}
