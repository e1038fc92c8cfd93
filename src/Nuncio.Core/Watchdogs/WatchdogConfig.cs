namespace Nuncio.Core.Watchdogs;

/// <summary>When a thread counts as stuck and what follows, <c>envoy.config.bootstrap.v3.Watchdog</c>. Immutable.</summary>
public sealed record WatchdogConfig
{
    /// <summary><c>miss_timeout</c>: counted after this; default 200 ms.</summary>
    public TimeSpan MissTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary><c>megamiss_timeout</c>: counted and described in the log after this; default 1 s.</summary>
    public TimeSpan MegaMissTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>kill_timeout</c>: one thread stuck for so long ends the process; 0, the default, never.</summary>
    public TimeSpan KillTimeout { get; init; }

    /// <summary><c>multikill_timeout</c>: several threads stuck for so long end the process; 0, the default, never.</summary>
    public TimeSpan MultiKillTimeout { get; init; }

    /// <summary><c>multikill_threshold</c>: share of the watched threads that are several, 0 to 1; never fewer than two threads.</summary>
    public double MultiKillThreshold { get; init; }
}

/// <summary>The two watchdogs of a process, <c>envoy.config.bootstrap.v3.Watchdogs</c>. Immutable.</summary>
/// <param name="Main"><c>main_thread_watchdog</c>.</param>
/// <param name="Workers"><c>worker_watchdog</c>.</param>
public sealed record WatchdogsConfig(WatchdogConfig Main, WatchdogConfig Workers);
