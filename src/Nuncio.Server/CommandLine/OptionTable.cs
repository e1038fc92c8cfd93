namespace Nuncio.Server.CommandLine;

/// <summary>All options, in the order of the help. Envoy's page: "Command line options".</summary>
public static class OptionTable
{
    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionSpec> All { get; } =
    [
        new("--config-path", "file", "Configuration: .yaml, .yml, .json or .pb. Without it and --config-yaml the demo runs.", "-c"),
        new("--config-yaml", "text", "Configuration as YAML or JSON text, merged over the file."),
        new("--watch", null, "Loads the configuration file again whenever it changes, and changes what differs. (Nuncio's own.)"),
        new("--mode", "mode", "serve (default), validate (check the configuration and exit) or init_only (start, then exit)."),
        new("--allow-unknown-static-fields", null, "Unknown fields of the configuration are warnings, not errors."),
        new("--allow-unknown-fields", null, "The old spelling of --allow-unknown-static-fields."),
        new("--reject-unknown-dynamic-fields", null, "Unknown fields of discovered configuration are errors; by default they are warnings."),
        new("--ignore-unknown-dynamic-fields", null, "Unknown fields of discovered configuration are neither logged nor counted."),
        new("--concurrency", "number", "Worker threads. Default: the CPUs this process may use. 0 means 1."),
        new("--service-cluster", "name", "Overrides node.cluster."),
        new("--service-node", "name", "Overrides node.id."),
        new("--service-zone", "name", "Overrides node.locality.zone."),
        new("--log-level", "level", "trace, debug, info (default), warning, error, critical or off.", "-l"),
        new("--component-log-level", "list", "Levels of single loggers, such as upstream:debug,config:trace."),
        new("--log-format", "pattern", "Pattern of log lines in spdlog's syntax. Default: " + Logging.LogPattern.Default),
        new("--log-format-escaped", null, "Control characters in log messages are written as escapes."),
        new("--log-path", "file", "Log to a file instead of stderr; opened anew on SIGUSR1."),
        new("--file-flush-interval-msec", "ms", "How often buffered access logs are written. Default: 10000."),
        new("--file-flush-min-size-kb", "KiB", "Buffered access logs are written at this size. Default: 64."),
        new("--drain-time-s", "s", "Length of a graceful drain (POST /drain_listeners?graceful). Default: 600."),
        new("--drain-strategy", "strategy", "gradual (default): the share of connections told to close rises over the drain time; immediate: all."),
        new("--shutdown-grace-s", "s", "After SIGTERM, how long requests in flight may take. Default: 10. 0 exits at once, as Envoy does. (Nuncio's own.)"),
        new("--admin-address-path", "file", "The admin server's address and port are written to this file."),
        new("--stats-tag", "name:value", "A tag for all statistics; may be repeated.", IsRepeatable: true),
        new("--base-id", "number", "Hot restart: tells apart the instances of one host. Default: 0."),
        new("--use-dynamic-base-id", null, "Hot restart: chooses a base id that is free; only with epoch 0."),
        new("--base-id-path", "file", "Hot restart: the base id is written to this file."),
        new("--restart-epoch", "number", "Hot restart: 0 (default) starts cold, N takes over from the process of N-1. \"nuncio upgrade\" does it all."),
        new("--parent-shutdown-time-s", "s", "Hot restart: when the process taken over from ends at the latest. Default: 900."),
        new("--socket-path", "path", "Hot restart: where the processes meet, abstract with a leading @. Default: @envoy_domain_socket."),
        new("--socket-mode", "mode", "Hot restart: permissions of that socket where it is a file, octal. Default: 600."),
        new("--skip-hot-restart-on-no-parent", null, "Hot restart: starts cold where the process before is gone."),
        new("--skip-hot-restart-parent-stats", null, "Hot restart: takes no statistics over."),
        new("--disable-hot-restart", null, "No hot restart: no socket for it."),
        new("--hot-restart-version", null, "Print which processes can take over from which, and exit."),
        new("--version", null, "Print the version and exit."),
        new("--help", null, "Print this and exit.", "-h"),

        new("--skip-deprecated-logs", null, "Deprecated fields are not logged anyway.", HasEffect: false),
        new("--local-address-ip-version", "v4|v6", "The address of this host in headers is always its IPv4 one.", HasEffect: false),
        new("--cpuset-threads", null, "Is how --concurrency is chosen anyway.", HasEffect: false),
        new("--enable-fine-grain-logging", null, "Levels are per component only.", HasEffect: false),
        new("--enable-mutex-tracing", null, "There is no tracing of locks.", HasEffect: false),
        new("--enable-core-dump", null, "Core dumps are as the system has them.", HasEffect: false),
    ];

    /// <summary>Options of Envoy that would be wrong to ignore: given, they end the start.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--disable-extensions"] = "extensions cannot be taken out in this version",
    };
}
