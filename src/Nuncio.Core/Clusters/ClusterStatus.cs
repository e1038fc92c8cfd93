using System.Globalization;
using System.Text;

namespace Nuncio.Core.Clusters;

/// <summary>What the admin shows of a cluster: Envoy's <c>/clusters</c> handler. Main thread; made when asked for.</summary>
/// <param name="Info">The cluster.</param>
/// <param name="Hosts">Its hosts.</param>
public sealed record ClusterStatus(ClusterInfo Info, HostSetSnapshot Hosts)
{
    /// <summary>The hosts, by priority.</summary>
    public IEnumerable<Host> AllHosts
    {
        get
        {
            foreach (PrioritySnapshot priority in Hosts.Priorities)
            {
                foreach (Host host in priority.All)
                {
                    yield return host;
                }
            }
        }
    }

    /// <summary>Appends the text form: lines of <c>cluster::key::value</c> and <c>cluster::host::key::value</c>.</summary>
    public void AppendText(StringBuilder text)
    {
        string name = Info.Name;
        Line(text, name, "observability_name", Info.StatName);
        AppendLimits(text, "default_priority", Info.Limits(ResourcePriority.Default).Config);
        AppendLimits(text, "high_priority", Info.Limits(ResourcePriority.High).Config);
        Line(text, name, "added_via_api", Info.AddedViaApi ? "true" : "false");
        foreach (Host host in AllHosts)
        {
            AppendHost(text, name + "::" + host.Address, host);
        }
    }

    /// <summary>The counters and gauges of a host in order of their names, as text and JSON list them.</summary>
    public static (string Name, long Value, bool IsGauge)[] StatsOf(Host host)
    {
        HostStats stats = host.Totals();
        return
        [
            ("cx_active", stats.CxActive, true),
            ("cx_connect_fail", stats.CxConnectFail, false),
            ("cx_total", stats.CxTotal, false),
            ("rq_active", stats.RqActive, true),
            ("rq_error", stats.RqError, false),
            ("rq_success", stats.RqSuccess, false),
            ("rq_timeout", stats.RqTimeout, false),
            ("rq_total", stats.RqTotal, false),
        ];
    }

    /// <summary>Why a host is not simply healthy: <c>healthy</c>, or flags such as <c>/failed_eds_health</c>.</summary>
    public static string HealthFlags(Host host) => host.Endpoint.HealthStatus switch
    {
        EndpointHealthStatus.Unhealthy or EndpointHealthStatus.Timeout => "/failed_eds_health",
        EndpointHealthStatus.Degraded => "/degraded_eds_health",
        EndpointHealthStatus.Draining => "/eds_status_draining",
        _ => "healthy",
    };

    private void AppendLimits(StringBuilder text, string priority, CircuitBreakerConfig limits)
    {
        string place = Info.Name + "::" + priority;
        Line(text, place, "max_connections", Number(limits.MaxConnections));
        Line(text, place, "max_pending_requests", Number(limits.MaxPendingRequests));
        Line(text, place, "max_requests", Number(limits.MaxRequests));
        Line(text, place, "max_retries", Number(limits.MaxRetries));
    }

    private static void AppendHost(StringBuilder text, string place, Host host)
    {
        foreach ((string name, long value, _) in StatsOf(host))
        {
            Line(text, place, name, Number(value));
        }

        Line(text, place, "hostname", host.Hostname);
        Line(text, place, "health_flags", HealthFlags(host));
        Line(text, place, "weight", Number(host.Weight));
        Line(text, place, "region", host.Locality.Region);
        Line(text, place, "zone", host.Locality.Zone);
        Line(text, place, "sub_zone", host.Locality.SubZone);
        Line(text, place, "canary", "false");
        Line(text, place, "priority", Number(host.Priority));
        Line(text, place, "success_rate", "-1");
        Line(text, place, "local_origin_success_rate", "-1");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string place, string key, string value) =>
        text.Append(place).Append("::").Append(key).Append("::").Append(value).Append('\n');
}
