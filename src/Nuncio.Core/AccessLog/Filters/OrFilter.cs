using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>Any of several filters (<c>or_filter</c>); the first that says yes decides.</summary>
public sealed class OrFilter(IReadOnlyList<IAccessLogFilter> filters) : IAccessLogFilter
{
    private readonly IAccessLogFilter[] _filters = [.. filters];

    /// <inheritdoc/>
    public bool Passes(in FormatContext context)
    {
        foreach (IAccessLogFilter filter in _filters)
        {
            if (filter.Passes(context))
            {
                return true;
            }
        }

        return false;
    }
}
