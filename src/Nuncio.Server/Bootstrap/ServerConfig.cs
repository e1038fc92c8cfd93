using Nuncio.Core.Clusters;
using Nuncio.Core.Listeners;
using Nuncio.Core.Overload;
using Nuncio.Core.Watchdogs;

namespace Nuncio.Server.Bootstrap;

/// <summary>A whole bootstrap in our own objects: everything that can be known to be right before a socket is opened. Immutable.</summary>
internal sealed record ServerConfig
{
    /// <summary><c>static_resources.clusters</c>.</summary>
    internal required IReadOnlyList<ClusterConfig> Clusters { get; init; }

    /// <summary><c>static_resources.listeners</c>.</summary>
    internal required IReadOnlyList<ListenerConfig> Listeners { get; init; }

    /// <summary><c>admin</c>; null when there is none.</summary>
    internal AdminConfig? Admin { get; init; }

    /// <summary><c>overload_manager</c>.</summary>
    internal OverloadConfig Overload { get; init; } = OverloadConfig.None;

    /// <summary><c>watchdogs</c>.</summary>
    internal WatchdogsConfig Watchdogs { get; init; } = new(new WatchdogConfig(), new WatchdogConfig());

    /// <summary><c>stats_flush_interval</c>; default 5 s.</summary>
    internal TimeSpan StatsFlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>stats_flush_on_admin</c>: flushed when <c>/stats</c> is asked for, not by timer.</summary>
    internal bool FlushStatsOnAdmin { get; init; }
}
