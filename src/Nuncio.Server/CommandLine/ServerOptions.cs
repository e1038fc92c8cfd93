using Microsoft.Extensions.Logging;
using Nuncio.Server.Logging;

namespace Nuncio.Server.CommandLine;

/// <summary>The command line, read and checked. Immutable; defaults are those of a process started without any option.</summary>
public sealed record ServerOptions
{
    /// <summary><c>-c</c>; null when not given.</summary>
    public string? ConfigPath { get; init; }

    /// <summary><c>--config-yaml</c>; null when not given.</summary>
    public string? ConfigYaml { get; init; }

    /// <summary><c>--watch</c>, our own: reload when the file changes.</summary>
    public bool Watch { get; init; }

    /// <summary><c>--mode</c>.</summary>
    public RunMode Mode { get; init; }

    /// <summary><c>--allow-unknown-static-fields</c>.</summary>
    public bool AllowUnknownStaticFields { get; init; }

    /// <summary><c>--reject-unknown-dynamic-fields</c>; wins over the other.</summary>
    public bool RejectUnknownDynamicFields { get; init; }

    /// <summary><c>--ignore-unknown-dynamic-fields</c>.</summary>
    public bool IgnoreUnknownDynamicFields { get; init; }

    /// <summary><c>--concurrency</c>: worker threads; null chooses by the CPUs that may be used.</summary>
    public int? Concurrency { get; init; }

    /// <summary><c>--service-cluster</c>; empty leaves the bootstrap's.</summary>
    public string ServiceCluster { get; init; } = "";

    /// <summary><c>--service-node</c>; empty leaves the bootstrap's.</summary>
    public string ServiceNode { get; init; } = "";

    /// <summary><c>--service-zone</c>; empty leaves the bootstrap's.</summary>
    public string ServiceZone { get; init; } = "";

    /// <summary><c>--log-level</c>.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary><c>--component-log-level</c>, read.</summary>
    public IReadOnlyList<KeyValuePair<string, LogLevel>> ComponentLogLevels { get; init; } = [];

    /// <summary><c>--component-log-level</c> as given, for <c>/server_info</c>.</summary>
    public string ComponentLogLevelText { get; init; } = "";

    /// <summary><c>--log-format</c>.</summary>
    public string LogFormat { get; init; } = LogPattern.Default;

    /// <summary><c>--log-format-escaped</c>.</summary>
    public bool LogFormatEscaped { get; init; }

    /// <summary>Whether <see cref="LogFormat"/> was given, so that the bootstrap must not give another.</summary>
    public bool IsLogFormatGiven { get; init; }

    /// <summary><c>--log-path</c>; null is stderr.</summary>
    public string? LogPath { get; init; }

    /// <summary><c>--file-flush-interval-msec</c>.</summary>
    public TimeSpan FileFlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>--file-flush-min-size-kb</c>.</summary>
    public int FileFlushMinSizeKb { get; init; } = 64;

    /// <summary><c>--drain-time-s</c>.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary><c>--drain-strategy</c>.</summary>
    public DrainStrategy DrainStrategy { get; init; }

    /// <summary><c>--shutdown-grace-s</c>, our own: how long requests in flight may take after SIGTERM.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>--admin-address-path</c>; null writes no file.</summary>
    public string? AdminAddressPath { get; init; }

    /// <summary><c>--stats-tag</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> StatsTags { get; init; } = [];

    /// <summary><c>--base-id</c>: tells apart the instances of one host.</summary>
    public uint BaseId { get; init; }

    /// <summary><c>--use-dynamic-base-id</c>: chooses a free one; only with epoch 0.</summary>
    public bool UseDynamicBaseId { get; init; }

    /// <summary><c>--base-id-path</c>: where the base id is written; null writes no file.</summary>
    public string? BaseIdPath { get; init; }

    /// <summary><c>--restart-epoch</c>: 0 starts cold, N takes over from the process of N - 1.</summary>
    public uint RestartEpoch { get; init; }

    /// <summary><c>--parent-shutdown-time-s</c>: when the process that this one took over from ends at the latest.</summary>
    public TimeSpan ParentShutdownTime { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary><c>--disable-hot-restart</c>.</summary>
    public bool DisableHotRestart { get; init; }

    /// <summary><c>--socket-path</c>: where processes of a hot restart find each other; with a leading @ an abstract name.</summary>
    public string SocketPath { get; init; } = "@envoy_domain_socket";

    /// <summary><c>--socket-mode</c>: permissions of that socket where it is a file.</summary>
    public uint SocketMode { get; init; } = 0x180;

    /// <summary><c>--skip-hot-restart-on-no-parent</c>: starts cold where the process before is gone.</summary>
    public bool SkipHotRestartOnNoParent { get; init; }

    /// <summary><c>--skip-hot-restart-parent-stats</c>: takes no statistics over.</summary>
    public bool SkipHotRestartParentStats { get; init; }

    /// <summary>Whether an option shows that hot restart is wanted, so that a process without it must not start.</summary>
    public bool AsksForHotRestart { get; init; }

    /// <summary>Options that were given and have no effect in this version, to be said in the log.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>Whether there is nothing to run but the demo.</summary>
    public bool IsDemo => ConfigPath is null && string.IsNullOrWhiteSpace(ConfigYaml);
}
