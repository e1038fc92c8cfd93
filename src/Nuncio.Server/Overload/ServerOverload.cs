using Microsoft.Extensions.Logging;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Overload;
using Nuncio.Core.Watchdogs;
using Nuncio.IO.Events;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.Logging;

namespace Nuncio.Server.Overload;

/// <summary>What keeps the process alive under load: the overload manager and the watchdog, put together from the configuration.</summary>
/// <remarks>Owner: main thread. Made before the workers run, started on the main thread's loop, stopped before the workers end.</remarks>
internal sealed class ServerOverload
{
    private readonly Watchdog _watchdog;
    private readonly StackDumps _stacks;

    internal ServerOverload(Foundation foundation, IReadOnlyList<WorkerContext> workers, ServerSeams seams, LogRegistry logs)
    {
        ILogger log = logs.CreateLogger(LogComponents.Main);
        Manager = new OverloadManager(foundation.Config.Overload, foundation.Main, workers, foundation.Stats.Root(), foundation.Runtime)
        {
            ActionChanged = (action, saturated) =>
            {
                if (saturated)
                {
                    log.ActionSaturated(OverloadNames.Of(action));
                }
                else
                {
                    log.ActionRelaxed(OverloadNames.Of(action));
                }
            },
            UpdateFailed = log.ResourceUnreadable,
        };
        Dispatcher[] loops = [.. workers.Select(static w => w.Dispatcher)];
        _stacks = new StackDumps(seams.Stacks, seams.Clock, log);
        var events = new WatchdogEvents(log, _stacks, seams.Abort);
        _watchdog = new Watchdog(foundation.Config.Watchdogs, foundation.Main, loops, foundation.Stats.Root(), seams.Clock, events);
    }

    internal OverloadManager Manager { get; }

    internal void Start()
    {
        Manager.Start();
        _watchdog.Start();
    }

    internal void Stop()
    {
        _watchdog.Stop();
        _stacks.Stop();
    }
}
