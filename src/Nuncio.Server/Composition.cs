using System.Globalization;
using Microsoft.Extensions.Logging;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.IO.Events;
using Nuncio.Server.Admin;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;
using Nuncio.Server.Overload;
using Nuncio.Server.Reload;

namespace Nuncio.Server;

/// <summary>
/// Puts a server together from its configuration: the one place that knows all parts and their order. Stateless; main thread.
/// </summary>
public static class Composition
{
    /// <summary>Checks a configuration completely, without opening a socket or a file. True when it could run.</summary>
    public static bool Validate(ServerOptions options, LoadedBootstrap source, ServerSeams seams, ConfigErrors errors) =>
        Foundation.TryBuild(options, source, seams, new NoLogFiles(), errors) is not null;

    /// <summary>A server whose sockets are bound, ready for <see cref="NuncioServer.Run"/>; null after errors.</summary>
    public static NuncioServer? TryBuild(ServerOptions options, LoadedBootstrap source, LogRegistry logs, ServerSeams seams, ConfigErrors errors)
    {
        if (Foundation.TryBuild(options, source, seams, seams.LogFiles, errors) is not { } foundation)
        {
            return null;
        }

        Dispatcher main = foundation.Main;
        ILogger bugs = logs.CreateLogger(LogComponents.EnvoyBug);
        main.ExceptionSink = new ExceptionLog(bugs, main, foundation.Stats.Root());
        Worker[] workers = MakeWorkers(foundation, seams, bugs);
        WorkerContext[] contexts = [.. workers.Select(w => w.Context)];
        foreach (WorkerContext context in contexts)
        {
            context.Logs = logs.Core;
        }

        // Clusters before listeners: a listener's routes and proxies find their clusters by reference.
        var clusters = new ClusterManager(main, foundation.Stats.Root(), contexts, seams.MakeResolver(main));
        var listeners = new ListenerManager(main, contexts, foundation.Stats.Root(), foundation.Runtime)
        {
            DrainTime = options.DrainTime,
            DrainsImmediately = options.DrainStrategy == DrainStrategy.Immediate,
            InheritedSockets = seams.InheritedSockets,
        };
        var stats = new ServerStats(foundation.Stats.Root(), workers.Length);
        stats.StaticUnknownFields.Add(source.UnknownFields);
        var connections = new ConnectionCount(listeners, foundation.Stats);
        var flusher = new StatsFlusher(
            main, foundation.Stats, stats, connections, foundation.Config.StatsFlushInterval, foundation.Config.FlushStatsOnAdmin);
        var lifecycle = new ServerLifecycle(main, listeners, stats, options, logs.CreateLogger(LogComponents.Main));
        ConfigScope root = source.Root(errors);
        foundation.Context.ExtensionConfigs.Log = new ExtensionConfigLog(logs.CreateLogger(LogComponents.Config)); // Before listeners warm.
        Bind(foundation, listeners, root.Field("static_resources").Field("listeners"));
        var reloader = new ConfigReloader(options, seams, foundation, clusters, listeners, logs.CreateLogger(LogComponents.Config));
        var server = new NuncioServer(foundation, workers, clusters, listeners, lifecycle, flusher, connections, logs, reloader);
        server.Overload = new ServerOverload(foundation, contexts, seams, logs);
        if (foundation.Config.Admin is { } adminConfig)
        {
            var context = new AdminContext
            {
                Options = options,
                Reloader = reloader,
                Node = foundation.Node,
                Main = main,
                Stats = foundation.Stats,
                Flusher = flusher,
                Lifecycle = lifecycle,
                Listeners = listeners,
                ExtensionConfigs = foundation.Context.ExtensionConfigs,
                Clusters = clusters,
                Runtime = foundation.Runtime,
                Logs = logs,
                ReopenLogs = server.ReopenLogs,
                FirstStartTicks = seams.FirstStartTicks,
            };
            server.Admin = new AdminServer(context, adminConfig) { InheritedSockets = seams.InheritedSockets };
            if (server.Admin.TryBind() is { } failure)
            {
                root.Field("admin").Field("address").Error(failure);
            }
        }

        return errors.Any ? null : server;
    }

    private static Worker[] MakeWorkers(Foundation foundation, ServerSeams seams, ILogger bugs)
    {
        var workers = new Worker[foundation.Workers];
        for (int i = 0; i < workers.Length; i++)
        {
            string name = "worker_" + i.ToString(CultureInfo.InvariantCulture);
            var dispatcher = new Dispatcher(name, i + 1, seams.MakePoller(), seams.Sockets, seams.Clock, seams.MakeRandom());
            dispatcher.ExceptionSink = new ExceptionLog(bugs, dispatcher, foundation.Stats.Root(dispatcher.Index));
            workers[i] = new Worker(new WorkerContext(dispatcher, foundation.Stats));
        }

        return workers;
    }

    private static void Bind(Foundation foundation, ListenerManager listeners, ConfigScope scope)
    {
        for (int i = 0; i < foundation.Config.Listeners.Count; i++)
        {
            if (listeners.AddOrUpdate(foundation.Config.Listeners[i]) is { } failure)
            {
                scope.Item(i).Field("address").Error(failure);
            }
        }
    }
}
