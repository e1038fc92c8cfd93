using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>On response flags: any of those listed, or any at all when none is listed (<c>response_flag_filter</c>).</summary>
public sealed class ResponseFlagFilter(ResponseFlags flags) : IAccessLogFilter
{
    private readonly ResponseFlags _mask = flags == ResponseFlags.None ? (ResponseFlags)uint.MaxValue : flags;

    /// <inheritdoc/>
    public bool Passes(in FormatContext context) => (context.Stream.Flags & _mask) != 0;
}
