using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>On the duration so far in milliseconds (<c>duration_filter</c>).</summary>
public sealed class DurationFilter(Comparison comparison) : IAccessLogFilter
{
    /// <inheritdoc/>
    public bool Passes(in FormatContext context)
    {
        StreamInfo info = context.Stream;
        long end = info.EndNanos != 0 ? info.EndNanos : context.NowNanos;
        return comparison.Holds((ulong)Math.Max(0, (end - info.StartNanos) / 1_000_000));
    }
}
