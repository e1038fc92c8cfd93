namespace Nuncio.Server.Logging;

/// <summary>
/// Names of loggers. Envoy's are all known, so that an operator's <c>--component-log-level</c> goes on working; those of features
/// that are not there yet write nothing.
/// </summary>
public static class LogComponents
{
    /// <summary>The admin server.</summary>
    public const string Admin = "admin";

    /// <summary>Configuration.</summary>
    public const string Config = "config";

    /// <summary>Start, life and end of the process.</summary>
    public const string Main = "main";

    /// <summary>Exceptions that a loop contained, and bugs.</summary>
    public const string EnvoyBug = "envoy_bug";

    /// <summary>Clusters and their names.</summary>
    public const string Upstream = "upstream";

    /// <summary>All names, in order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Admin, "alternate_protocols_cache", "assert", "aws", "backtrace", "basic_auth", "cache_filter", "client", "compression", Config,
        "conn_handler", "connection", "credential_injector", "decompression", "dns", "dubbo", "dynamic_modules", EnvoyBug, "ext_authz",
        "ext_proc", "file", "filter", "forward_proxy", "geolocation", "golang", "grpc", "happy_eyeballs", "hc", "health_checker", "http",
        "http2", "hystrix", "init", "io", "jwt", "kafka", "key_value_store", "local_rate_limit", "lua", Main, "matcher", "mcp", "misc",
        "mongo", "multi_connection", "notification", "oauth2", "pool", "quic", "quic_stream", "rate_limit_quota", "rbac", "rds", "redis",
        "rocketmq", "router", "runtime", "secret", "stats", "stats_sinks", "tap", "testing", "thrift", "tracing", "udp", Upstream, "wasm",
        "websocket",
    ];
}
