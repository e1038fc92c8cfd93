namespace Nuncio.Server.HotRestart;

/// <summary>
/// Which gauges are added up over both processes of a hot restart: those that count what each of them has, such as connections. What
/// describes one process (its state, its configuration) is its own. Stateless. Envoy: the import mode that each gauge is declared with.
/// </summary>
internal static class ImportableGauges
{
    private static readonly string[] s_ownPrefixes =
        ["server.", "dotnet.", "listener_manager.", "cluster_manager.", "runtime.", "control_plane.", "overload.", "main_thread.", "workers."];

    private static readonly HashSet<string> s_ownNames = new(StringComparer.Ordinal)
    {
        "membership_total", "membership_healthy", "membership_degraded", "membership_excluded", "max_host_weight", "warming_state", "version",
        "update_time", "connected_state", "config_reload_time_ms", "healthy", "concurrency_limit", "gradient", "burst_queue_size",
        "min_rtt_msecs", "sample_rtt_msecs", "pressure", "scale_percent", "active_tick_timers",
    };

    /// <summary>Whether the parent's value counts for the child, by the gauge's full name.</summary>
    internal static bool Contains(string name)
    {
        foreach (string prefix in s_ownPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !s_ownNames.Contains(name[(name.LastIndexOf('.') + 1)..]);
    }
}
