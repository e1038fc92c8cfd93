using System.Text;
using Envoy.Admin.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Nuncio.Core.Clusters;
using WireStatus = Envoy.Admin.V3.ClusterStatus;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/clusters</c>: clusters and hosts, as lines of <c>cluster::host::key::value</c> or JSON.</summary>
internal sealed class ClustersHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/clusters";

    /// <inheritdoc/>
    public string Help => "upstream cluster status";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("format", "File format to use", ["text", "json"]),
        new("filter", "Regular expression (Google re2) for the names of clusters"),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        if (!NameFilter.TryParse(request.Parameters.Value("filter"), wholeName: false, out NameFilter filter, out _))
        {
            return AdminReply.Error(400, "Invalid re2 regex");
        }

        IEnumerable<Core.Clusters.ClusterStatus> clusters = context.Clusters.GetStatus().Where(c => filter.Matches(c.Info.Name));
        return request.Parameters.Value("format") == "json"
            ? new PiecesReply(ProtoJson.List("cluster_statuses", clusters.Select(Status)), AdminReply.Json)
            : new PiecesReply(clusters.Select(Lines), AdminReply.PlainText);
    }

    private static string Lines(Core.Clusters.ClusterStatus cluster)
    {
        var text = new StringBuilder();
        cluster.AppendText(text);
        return text.ToString();
    }

    private static IMessage Status(Core.Clusters.ClusterStatus cluster)
    {
        ClusterInfo info = cluster.Info;
        var status = new WireStatus
        {
            Name = info.Name,
            AddedViaApi = info.AddedViaApi,
            ObservabilityName = info.StatName,
            CircuitBreakers = new CircuitBreakers(),
        };
        status.CircuitBreakers.Thresholds.Add(Thresholds(RoutingPriority.Default, info.Limits(ResourcePriority.Default).Config));
        status.CircuitBreakers.Thresholds.Add(Thresholds(RoutingPriority.High, info.Limits(ResourcePriority.High).Config));
        foreach (Host host in cluster.AllHosts)
        {
            status.HostStatuses.Add(Status(host));
        }

        return status;
    }

    private static CircuitBreakers.Types.Thresholds Thresholds(RoutingPriority priority, CircuitBreakerConfig limits) => new()
    {
        Priority = priority,
        MaxConnections = limits.MaxConnections,
        MaxPendingRequests = limits.MaxPendingRequests,
        MaxRequests = limits.MaxRequests,
        MaxRetries = limits.MaxRetries,
    };

    private static HostStatus Status(Host host)
    {
        var status = new HostStatus
        {
            Address = WireAddress.Of(host.Address),
            Hostname = host.Hostname,
            Weight = (uint)host.Weight,
            Priority = (uint)host.Priority,
            Locality = new Envoy.Config.Core.V3.Locality { Region = host.Locality.Region, Zone = host.Locality.Zone, SubZone = host.Locality.SubZone },
            HealthStatus = new HostHealthStatus
            {
                EdsHealthStatus = host.Endpoint.HealthStatus switch
                {
                    EndpointHealthStatus.Unhealthy or EndpointHealthStatus.Timeout => HealthStatus.Unhealthy,
                    EndpointHealthStatus.Draining => HealthStatus.Draining,
                    EndpointHealthStatus.Degraded => HealthStatus.Degraded,
                    _ => HealthStatus.Healthy,
                },
            },
        };

        // Envoy lists the counters first.
        foreach ((string name, long value, bool isGauge) in Core.Clusters.ClusterStatus.StatsOf(host).OrderBy(static s => s.IsGauge))
        {
            status.Stats.Add(new SimpleMetric
            {
                Name = name,
                Value = (ulong)Math.Max(0, value),
                Type = isGauge ? SimpleMetric.Types.Type.Gauge : SimpleMetric.Types.Type.Counter,
            });
        }

        return status;
    }
}
