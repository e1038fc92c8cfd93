using Nuncio.Base.Stats;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/stats/prometheus</c>: what a Prometheus server scrapes.</summary>
internal sealed class StatsPrometheusHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/stats/prometheus";

    /// <inheritdoc/>
    public string Help => "print server stats in prometheus format";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("usedonly", "Only include stats that have been written by system since restart", IsFlag: true),
        new("text_readouts", "Render text_readouts as new gauges with value 0 (increases Prometheus data size)", IsFlag: true),
        new("filter", "Regular expression (Google re2) for filtering stats"),
        new("histogram_buckets", "Histogram bucket display mode", ["cumulative", "summary"]),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request) => StatsHandler.Show(context, request.Query, StatsFormat.Prometheus);
}
