using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>On a request header (<c>header_filter</c>); entries without request headers (L4) never pass.</summary>
public sealed class HeaderFilter(HeaderMatcher matcher) : IAccessLogFilter
{
    /// <inheritdoc/>
    public bool Passes(in FormatContext context) => context.RequestHeaders is { } headers && matcher.Matches(headers);
}
