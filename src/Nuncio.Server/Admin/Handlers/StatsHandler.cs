using Nuncio.Base.Stats;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/stats</c>: statistics in several formats.</summary>
internal sealed class StatsHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/stats";

    /// <inheritdoc/>
    public string Help => "print server stats";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("usedonly", "Only include stats that have been written by system since restart", IsFlag: true),
        new("filter", "Regular expression (Google re2) for filtering stats"),
        new("format", "Format to use", ["html", "active-html", "text", "json", "prometheus"]),
        new("type", "Stat types to include.", ["All", "Counters", "Histograms", "Gauges", "TextReadouts"]),
        new("histogram_buckets", "Histogram bucket display mode", ["cumulative", "disjoint", "detailed", "summary"]),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request) => Show(context, request.Query, StatsFormat.Text);

    /// <summary>The statistics that a query asks for.</summary>
    internal static AdminReply Show(AdminContext context, string text, StatsFormat format)
    {
        if (!StatsQuery.TryParse(text, format, out StatsQuery query, out string error))
        {
            return AdminReply.Error(400, error);
        }

        context.Flusher.OnAdmin();
        var renderer = StatsRenderer.Create(context.Stats, query);
        return query.Format switch
        {
            StatsFormat.Html => new StatsPageReply(renderer, reloads: false),
            StatsFormat.ActiveHtml => new StatsPageReply(renderer, reloads: true),
            StatsFormat.Json => new StatsReply(renderer, AdminReply.Json),
            _ => new StatsReply(renderer, AdminReply.PlainText),
        };
    }
}
