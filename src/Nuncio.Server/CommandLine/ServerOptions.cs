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

    /// <summary><c>--mode</c>.</summary>
    public RunMode Mode { get; init; }

    /// <summary><c>--allow-unknown-static-fields</c>.</summary>
    public bool AllowUnknownStaticFields { get; init; }

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

    /// <summary><c>--base-id</c>: shown, without effect.</summary>
    public uint BaseId { get; init; }

    /// <summary><c>--parent-shutdown-time-s</c>: shown, without effect.</summary>
    public TimeSpan ParentShutdownTime { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary><c>--disable-hot-restart</c>: shown, without effect.</summary>
    public bool DisableHotRestart { get; init; }

    /// <summary>Options that were given and have no effect in this version, to be said in the log.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>Whether there is nothing to run but the demo.</summary>
    public bool IsDemo => ConfigPath is null && string.IsNullOrWhiteSpace(ConfigYaml);
}
