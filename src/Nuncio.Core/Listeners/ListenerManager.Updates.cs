using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Listeners;

/// <content>Adding, changing and removing listeners while others serve.</content>
public sealed partial class ListenerManager
{
    private readonly Dictionary<string, ListenerCandidate> _warming = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PublishedListener> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConnectionLimit> _limits = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>
    /// Adds a listener, or replaces the one of its name. Its addresses are bound when this returns; workers get it once it is warm and they
    /// are started. An equal listener changes nothing.
    /// </summary>
    /// <returns>Null, or what went wrong, in words for the user; then nothing was changed.</returns>
    public string? AddOrUpdate(ListenerConfig config)
    {
        ListenerUpdate update = Prepare([config], []);
        if (update.Errors.Count > 0)
        {
            Abandon(update);
            return update.Errors[0].Error;
        }

        Commit(update);
        return null;
    }

    /// <summary>
    /// The first half of a change of several listeners at once: binds what must be bound and finds what cannot be, while everything goes on
    /// as before. <see cref="Commit"/> or <see cref="Abandon"/> must follow.
    /// </summary>
    /// <param name="changed">New listeners and new versions; those that are equal to the running ones are left alone.</param>
    /// <param name="removed">Names of listeners that are to go; their addresses may go to others.</param>
    public ListenerUpdate Prepare(IReadOnlyList<ListenerConfig> changed, IReadOnlyCollection<string> removed)
    {
        _main.AssertOwner();
        var update = new ListenerUpdate(removed);
        var leaving = new HashSet<string>(removed, StringComparer.Ordinal);
        foreach (ListenerConfig config in changed)
        {
            leaving.Add(config.Name);
        }

        foreach (ListenerConfig config in changed)
        {
            if (Latest(config.Name) is { Source: { } source } && source.Equals(config.Source))
            {
                continue;
            }

            var candidate = new ListenerCandidate(config);
            if ((WhyStopped(config) ?? FindConflict(config, changed, leaving) ?? Bind(candidate)) is { } error)
            {
                _stats.CreateFailure.Inc();
                update.Errors.Add((config.Name, error));
                candidate.Sockets.ForEach(ReleaseSocket);
            }
            else
            {
                update.Candidates.Add(candidate);
            }
        }

        return update;
    }

    /// <summary>Makes a prepared change: removals first, then the others as they get warm.</summary>
    /// <param name="done">Called on the main thread when every worker serves what was warm at once.</param>
    public void Commit(ListenerUpdate update, Action? done = null)
    {
        _main.AssertOwner();
        InOneStep(() => Apply(update));
        if (done is not null)
        {
            AfterWorkers(done);
        }
    }

    private void Apply(ListenerUpdate update)
    {
        foreach (string name in update.Removed)
        {
            Remove(name);
        }

        foreach (ListenerCandidate candidate in update.Candidates)
        {
            string name = candidate.Config.Name;
            if (Latest(name) is null)
            {
                _order.Add(name);
                _stats.Added.Inc();
            }
            else
            {
                _stats.Modified.Inc();
            }

            if (_warming.Remove(name, out ListenerCandidate? superseded))
            {
                superseded.Sockets.ForEach(ReleaseSocket);
            }

            Warm(candidate);
        }
    }

    /// <summary>Gives back what <see cref="Prepare"/> took; nothing has changed.</summary>
    public void Abandon(ListenerUpdate update)
    {
        foreach (ListenerCandidate candidate in update.Candidates)
        {
            candidate.Sockets.ForEach(ReleaseSocket);
        }
    }

    /// <summary>Removes a listener: it stops accepting, its clients are told to go for the drain time. False when there is none.</summary>
    public bool Remove(string name)
    {
        _main.AssertOwner();
        bool found = _order.Remove(name);
        if (_warming.Remove(name, out ListenerCandidate? warming))
        {
            warming.Sockets.ForEach(ReleaseSocket);
        }

        if (_active.Remove(name, out PublishedListener? active))
        {
            if (!_stopped.Remove(name))
            {
                PostToWorkers(handler => handler.StopListening(active));
                ReleaseSockets(active);
            }

            BeginDraining(active);
        }

        if (found)
        {
            _stats.Removed.Inc();
            ShowListeners();
        }

        return found;
    }

    // Otherwise a process that is told to take no more connections would begin again.
    private string? WhyStopped(ListenerConfig config) =>
        IsStopped(config) ? $"listener '{config.Name}' cannot be added or changed: listeners are stopped (/drain_listeners, or the process ends)" : null;

    private bool IsStopped(ListenerConfig config) =>
        !config.IsInternal && (_allAreStopped || (_inboundIsStopped && config.Direction == TrafficDirection.Inbound));

    private ListenerConfig? Latest(string name) =>
        _warming.TryGetValue(name, out ListenerCandidate? warming) ? warming.Config : _active.GetValueOrDefault(name)?.Config;

    private string? Bind(ListenerCandidate candidate)
    {
        if (!candidate.Config.BindToPort)
        {
            return null;
        }

        if (candidate.Config.Udp is not null && _handlers.Length > 1 && !candidate.Config.Addresses[0].Options.ReusePort)
        {
            // Each worker has sessions of its own, so a client's datagrams must come to one of them.
            return "a UDP listener on several workers needs enable_reuse_port; or run with one worker (--concurrency 1)";
        }

        IReadOnlyList<BoundAddress> before = _active.GetValueOrDefault(candidate.Config.Name)?.Sockets ?? [];
        foreach (ListenAddress address in candidate.Config.Addresses)
        {
            string? error = OptionsConflict(candidate.Config.Name, address, before);
            if (error is not null || _sockets.Take(address, before, candidate.Sockets, out error) is not { } bound)
            {
                return error;
            }

            candidate.Sockets.Add(bound);
        }

        return ListensAtOnce ? Listen(candidate) : null;
    }

    // Sockets of both kinds cannot share an address, nor can two without reuse_port.
    private static string? OptionsConflict(string name, ListenAddress wanted, IReadOnlyList<BoundAddress> before)
    {
        foreach (BoundAddress bound in before)
        {
            if (bound.Users > 0 && wanted.Address is { IsIp: true, Port: > 0 } && bound.Wanted.Address.Equals(wanted.Address))
            {
                if (bound.Wanted.Options.ReusePort != wanted.Options.ReusePort)
                {
                    return $"Listener {name}: reuse port cannot be changed during an update";
                }

                if (!wanted.Options.ReusePort && !bound.Wanted.Equals(wanted))
                {
                    return $"Listener {name}: socket options cannot be changed during an update unless enable_reuse_port is true";
                }
            }
        }

        return null;
    }

    // Two listeners may not take each other's connections; the system would let them, with reuse_port.
    private string? FindConflict(ListenerConfig config, IReadOnlyList<ListenerConfig> changed, HashSet<string> leaving)
    {
        string? conflict = null;
        for (int i = 0; i < changed.Count && changed[i] != config && conflict is null; i++)
        {
            conflict = Conflict(config, changed[i]);
        }

        foreach (string name in _order)
        {
            if (conflict is null && !leaving.Contains(name))
            {
                // Of a listener that warms both versions count: the old one serves for now.
                conflict = _warming.TryGetValue(name, out ListenerCandidate? warming) ? Conflict(config, warming.Config) : null;
                conflict ??= _active.TryGetValue(name, out PublishedListener? active) ? Conflict(config, active.Config) : null;
            }
        }

        return conflict;
    }

    private static string? Conflict(ListenerConfig config, ListenerConfig other)
    {
        foreach (ListenAddress own in config.Addresses)
        {
            foreach (ListenAddress its in other.Addresses)
            {
                // Envoy: of those that do not bind, not even two with port 0, for one of them would get what is handed over.
                bool mayShare = config.BindToPort && own.Address is { IsIp: true, Port: 0 };
                if (own.Options.Datagram == its.Options.Datagram && own.Address.Equals(its.Address) && !mayShare)
                {
                    return $"error adding listener: '{config.Name}' has duplicate address '{own.Address}' as existing listener '{other.Name}'";
                }
            }
        }

        return null;
    }

    private void Warm(ListenerCandidate candidate)
    {
        _warming.Add(candidate.Config.Name, candidate);
        ShowListeners();
        foreach (IWarmTarget target in candidate.Config.WarmTargets)
        {
            target.WhenReady(() =>
            {
                candidate.Missing--;
                PublishIfReady(candidate);
            });
        }

        PublishIfReady(candidate);
    }

    private void PublishIfReady(ListenerCandidate candidate)
    {
        string name = candidate.Config.Name;
        if (!_isStarted || candidate.Missing > 0 || _warming.GetValueOrDefault(name) != candidate || IsStopped(candidate.Config))
        {
            return;
        }

        if (Listen(candidate) is { } error)
        {
            GiveUp(candidate, error);
            return;
        }

        _warming.Remove(name);
        PublishedListener? before = _active.GetValueOrDefault(name);
        if (before is not null && !_stopped.Contains(name) && candidate.Config.Settings is { } settings && settings.Equals(before.Config.Settings))
        {
            UpdateInPlace(before, candidate);
        }
        else
        {
            Publish(candidate, before);
        }

        ShowListeners();
        AfterWorkers(() => _stats.CreateSuccess.Add(_handlers.Length));
    }

    private string? Listen(ListenerCandidate candidate)
    {
        string? error = null;
        for (int i = 0; i < candidate.Sockets.Count && error is null; i++)
        {
            error = _sockets.Listen(candidate.Sockets[i]);
        }

        return error;
    }

    /// <summary>The address was there when it was bound, and cannot be listened on: the version before goes on.</summary>
    private void GiveUp(ListenerCandidate candidate, string error)
    {
        string name = candidate.Config.Name;
        _warming.Remove(name);
        candidate.Sockets.ForEach(ReleaseSocket);
        if (!_active.ContainsKey(name))
        {
            _order.Remove(name);
        }

        _stats.CreateFailure.Inc();
        ShowListeners();
        Failed?.Invoke(name, error);
    }

    private void Publish(ListenerCandidate candidate, PublishedListener? before)
    {
        ListenerConfig config = candidate.Config;
        DrainState process = config.Direction == TrafficDirection.Inbound ? _inboundDrain : _otherDrain;
        var drain = new DrainState(process, config.DrainType == DrainType.Default ? _health : null);
        if (!_limits.TryGetValue(config.Name, out ConnectionLimit? limit))
        {
            limit = new ConnectionLimit(_runtime.Key($"envoy.resource_limits.listener.{config.Name}.connection_limit"));
            _limits.Add(config.Name, limit);
        }

        var published = new PublishedListener(config, drain, candidate.Sockets)
        {
            Chains = MakeChains(config, drain, null),
            Limit = limit,
            Balancer = config.Balance == ConnectionBalance.Exact ? new ExactBalancer() : null,
            UpdatedAtUtcTicks = _main.UtcTicks,
        };
        _active[config.Name] = published;
        PostToWorkers(handler => handler.Add(published, before));
        if (before is not null)
        {
            if (!_stopped.Remove(config.Name))
            {
                ReleaseSockets(before);
            }

            BeginDraining(before);
        }
    }

    private void UpdateInPlace(PublishedListener listener, ListenerCandidate candidate)
    {
        candidate.Sockets.ForEach(ReleaseSocket); // They are those it has.
        ChainSet before = listener.Chains;
        ChainSet chains = MakeChains(candidate.Config, listener.Drain, before);
        listener.Config = candidate.Config;
        listener.Chains = chains;
        listener.UpdatedAtUtcTicks = _main.UtcTicks;
        _stats.InPlaceUpdated.Inc();
        PostToWorkers(handler => handler.SetChains(listener, candidate.Config, chains));
        HashSet<PublishedChain> gone = new(before.All, ReferenceEqualityComparer.Instance);
        gone.ExceptWith(chains.All);
        if (gone.Count == 0)
        {
            return;
        }

        foreach (PublishedChain chain in gone)
        {
            BeginGradually(chain.Drain);
        }

        _stats.DrainingChains.Add(gone.Count);
        _ = new DrainTimer(_main.Timers, DrainTime, () =>
        {
            _stats.DrainingChains.Add(-gone.Count);
            PostToWorkers(handler => handler.EndChains(listener, gone));
        });
    }

    // A chain equal to one of before is that one: its connections go on. The default chain is compared with the default chain only (Envoy),
    // for it may be equal to one that matches, and both go on then.
    private static ChainSet MakeChains(ListenerConfig config, DrainState drain, ChainSet? before)
    {
        Dictionary<object, PublishedChain> known = [];
        foreach (PublishedChain chain in before?.Chains ?? [])
        {
            if (chain.Config.Source is { } source)
            {
                known.TryAdd(source, chain);
            }
        }

        PublishedChain Make(FilterChainConfig chain) => chain.Source is { } source && known.Remove(source, out PublishedChain? same)
            ? same
            : new PublishedChain(chain, new DrainState(drain));

        var chains = new PublishedChain[config.FilterChains.Count];
        for (int i = 0; i < chains.Length; i++)
        {
            chains[i] = Make(config.FilterChains[i]);
        }

        PublishedChain? rest = config.DefaultFilterChain is not { } wanted ? null
            : wanted.Source is { } its && its.Equals(before?.Default?.Config.Source) ? before!.Default
            : new PublishedChain(wanted, new DrainState(drain));
        return new ChainSet(chains, rest, config.Selector);
    }

    private void BeginDraining(PublishedListener listener)
    {
        BeginGradually(listener.Drain);
        _stats.Draining.Inc();
        _ = new DrainTimer(_main.Timers, DrainTime, () =>
        {
            _stats.Draining.Dec();
            PostToWorkers(handler => handler.Remove(listener));
            if (Latest(listener.Config.Name) is null)
            {
                _limits.Remove(listener.Config.Name);
            }
        });
    }

    private void BeginGradually(DrainState drain) =>
        drain.BeginGradually(_main.NowNanos, DrainsImmediately ? 0 : (long)DrainTime.TotalNanoseconds);

    private void ReleaseSockets(PublishedListener listener)
    {
        foreach (BoundAddress socket in listener.Sockets)
        {
            ReleaseSocket(socket);
        }
    }

    private void ReleaseSocket(BoundAddress socket)
    {
        if (ListenSockets.Release(socket))
        {
            // Not before the workers have let go of it; and perhaps the next listener takes it over.
            AfterWorkers(() => _sockets.CloseIfUnused(socket));
        }
    }

    private void ShowListeners()
    {
        var all = new List<ListenerSnapshot>();
        foreach (string name in _order)
        {
            if (_active.TryGetValue(name, out PublishedListener? active))
            {
                all.Add(new ListenerSnapshot(active.Config, AddressesOf(active.Sockets), active.UpdatedAtUtcTicks));
            }
            else
            {
                ListenerCandidate warming = _warming[name];
                all.Add(new ListenerSnapshot(warming.Config, AddressesOf(warming.Sockets), _main.UtcTicks));
            }
        }

        Listeners = all;
        Version++;
        _stats.Active.Set(_active.Count);
        _stats.Warming.Set(_warming.Count);
    }

    private static NetworkAddress[] AddressesOf(IReadOnlyList<BoundAddress> sockets)
    {
        var addresses = new NetworkAddress[sockets.Count];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = sockets[i].Address;
        }

        return addresses;
    }

    /// <summary>Calls once, when the drain time is over.</summary>
    private sealed class DrainTimer : ITimerHandler
    {
        private Action? _done;

        internal DrainTimer(TimerWheel timers, TimeSpan time, Action done)
        {
            _done = done;
            new Timer(timers, this).Arm(time);
        }

        /// <inheritdoc/>
        public void OnTimer(Timer timer)
        {
            Action? done = _done;
            _done = null; // The wheel remembers its last timer, which must not keep what was drained.
            done?.Invoke();
        }
    }
}
