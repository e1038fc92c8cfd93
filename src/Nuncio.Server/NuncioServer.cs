using Microsoft.Extensions.Logging;
using Nuncio.Base.Diagnostics;
using Nuncio.Base.Stats;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.Server.Admin;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;
using Nuncio.Server.Overload;
using Nuncio.Server.Reload;

namespace Nuncio.Server;

/// <summary>
/// A whole server: made by <see cref="Composition"/>, run by the thread that becomes the main thread.
/// </summary>
/// <remarks>Owner: that thread, but for <see cref="ServerLifecycle.PostShutdown"/>. Runs once.</remarks>
public sealed class NuncioServer
{
    private static readonly TimeSpan s_workerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_logPatience = TimeSpan.FromSeconds(5);

    private readonly Foundation _foundation;
    private readonly Worker[] _workers;
    private readonly StatsFlusher _flusher;
    private readonly MemoryReclaimer _reclaimer;
    private readonly LogRegistry _logs;
    private readonly ILogger _log;

    internal NuncioServer(
        Foundation foundation, Worker[] workers, ClusterManager clusters, ListenerManager listeners, ServerLifecycle lifecycle,
        StatsFlusher flusher, ConnectionCount connections, LogRegistry logs, ConfigReloader reloader)
    {
        Reloader = reloader;
        _foundation = foundation;
        _workers = workers;
        _flusher = flusher;
        _reclaimer = new MemoryReclaimer(foundation.Main, () => connections.Now);
        _logs = logs;
        _log = logs.CreateLogger(LogComponents.Main);
        Clusters = clusters;
        Listeners = listeners;
        listeners.Failed = (name, error) => _log.ListenerFailed(name, error);
        Lifecycle = lifecycle;
        lifecycle.Ended = foundation.Main.Stop;
    }

    /// <summary>Its state, and how to end it.</summary>
    public ServerLifecycle Lifecycle { get; }

    /// <summary>Its listeners with the addresses they are bound to.</summary>
    public ListenerManager Listeners { get; }

    /// <summary>Its clusters.</summary>
    public ClusterManager Clusters { get; }

    /// <summary>All statistics.</summary>
    public StatsStore Stats => _foundation.Stats;

    /// <summary>The main thread's loop.</summary>
    public Dispatcher MainDispatcher => _foundation.Main;

    /// <summary>Where the admin server is bound; null when there is none.</summary>
    public NetworkAddress? AdminAddress => Admin?.Address;

    internal AdminServer? Admin { get; set; }

    /// <summary>The workers' loops.</summary>
    internal IReadOnlyList<Dispatcher> WorkerDispatchers => [.. _workers.Select(static w => w.Context.Dispatcher)];

    /// <summary>Overload manager and watchdog.</summary>
    internal ServerOverload? Overload { get; set; }

    /// <summary>What configuration is converted with.</summary>
    internal FactoryContext Context => _foundation.Context;

    /// <summary>Loads the configuration again.</summary>
    internal ConfigReloader Reloader { get; }

    private AccessLogFlusher AccessLogs => _foundation.AccessLogs;

    /// <summary>Runs on the calling thread until the process is to end; access logs are written and workers have ended when it returns.</summary>
    public void Run()
    {
        Bug.Reported = _logs.CreateLogger(LogComponents.EnvoyBug).BugReported;
        foreach (Worker worker in _workers)
        {
            worker.Start();
        }

        AccessLogs.Start();
        MainDispatcher.Post(Begin);
        MainDispatcher.Run();
        Overload?.Stop();
        StopWorkers();
        AccessLogs.Stop(s_logPatience);
    }

    /// <summary>Main thread: access logs and the log file are opened anew, for they were renamed.</summary>
    public void ReopenLogs()
    {
        _log.ReopeningLogs();
        AccessLogs.Reopen();
        _logs.Writer.Reopen();
    }

    private void Begin()
    {
        MemoryReclaimer.AfterLoading(isServing: false);
        Lifecycle.BeginInitializing();
        Admin?.Start();
        _flusher.Start();
        Overload?.Start();
        _reclaimer.Start();
        foreach (ListenerSnapshot listener in Listeners.Listeners)
        {
            foreach (NetworkAddress address in listener.Bound)
            {
                _log.Listening(listener.Config.Name, address.ToString());
            }
        }

        if (AdminAddress is { } admin)
        {
            _log.AdminListening(admin.ToString());
        }

        foreach (ClusterConfig cluster in _foundation.Config.Clusters)
        {
            Clusters.AddOrUpdate(cluster);
        }

        Reloader.WatchIfAsked();

        // Only now may workers accept: a request must not find its cluster missing because its names are still being looked up.
        Clusters.WhenWarm(Lifecycle.OnInitialized);
    }

    private void StopWorkers()
    {
        foreach (Worker worker in _workers)
        {
            worker.Stop();
        }

        foreach (Worker worker in _workers)
        {
            if (!worker.Join(s_workerPatience))
            {
                _log.WorkerStuck(worker.Context.Dispatcher.Name);
            }
        }
    }
}
