using Envoy.Config.Core.V3;
using Nuncio.Base.Stats;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using Nuncio.Core.Runtime;
using Nuncio.IO.Events;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;
using Nuncio.Server.Reload;

namespace Nuncio.Server.Admin;

/// <summary>What admin handlers may look at and change. Main thread; made once by the composition.</summary>
internal sealed class AdminContext
{
    /// <summary>The command line.</summary>
    internal required ServerOptions Options { get; init; }

    /// <summary>Loads the configuration again.</summary>
    internal required ConfigReloader Reloader { get; init; }

    /// <summary>The bootstrap as it was loaded last.</summary>
    internal Envoy.Config.Bootstrap.V3.Bootstrap Bootstrap => Reloader.Current;

    /// <summary>When it was loaded, in <see cref="DateTime.Ticks"/>.</summary>
    internal long LoadedAtUtcTicks => Reloader.LoadedAtUtcTicks;

    /// <summary>Who this proxy is.</summary>
    internal required Node Node { get; init; }

    /// <summary>The main thread's loop.</summary>
    internal required Dispatcher Main { get; init; }

    /// <summary>All statistics.</summary>
    internal required StatsStore Stats { get; init; }

    /// <summary>Brings them up to date.</summary>
    internal required StatsFlusher Flusher { get; init; }

    /// <summary>State, drain and end.</summary>
    internal required ServerLifecycle Lifecycle { get; init; }

    /// <summary>Listeners.</summary>
    internal required ListenerManager Listeners { get; init; }

    /// <summary>Clusters.</summary>
    internal required ClusterManager Clusters { get; init; }

    /// <summary>Runtime values.</summary>
    internal required LayeredRuntime Runtime { get; init; }

    /// <summary>Filters whose configuration is discovered; null shows none.</summary>
    internal ExtensionConfigSubscriptions? ExtensionConfigs { get; init; }

    /// <summary>Loggers.</summary>
    internal required LogRegistry Logs { get; init; }

    /// <summary>Opens logs anew.</summary>
    internal required Action ReopenLogs { get; init; }

    /// <summary>When the first of the processes that replaced each other started, UTC, in <see cref="DateTime.Ticks"/>; 0: this one is the first.</summary>
    internal long FirstStartTicks { get; init; }
}
