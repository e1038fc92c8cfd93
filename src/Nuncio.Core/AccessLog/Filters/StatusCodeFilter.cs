using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>On the status sent downstream, 0 when none was (<c>status_code_filter</c>).</summary>
public sealed class StatusCodeFilter(Comparison comparison) : IAccessLogFilter
{
    /// <inheritdoc/>
    public bool Passes(in FormatContext context) => comparison.Holds((ulong)context.Stream.ResponseCode);
}
