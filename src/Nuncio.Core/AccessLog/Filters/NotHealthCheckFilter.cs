using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>Leaves out requests that the health_check filter recognised (<c>not_health_check_filter</c>).</summary>
public sealed class NotHealthCheckFilter : IAccessLogFilter
{
    /// <inheritdoc/>
    public bool Passes(in FormatContext context) => !context.Stream.IsHealthCheck;
}
