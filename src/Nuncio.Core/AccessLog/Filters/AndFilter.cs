using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>All of several filters (<c>and_filter</c>); the first that says no decides.</summary>
public sealed class AndFilter(IReadOnlyList<IAccessLogFilter> filters) : IAccessLogFilter
{
    private readonly IAccessLogFilter[] _filters = [.. filters];

    /// <inheritdoc/>
    public bool Passes(in FormatContext context)
    {
        foreach (IAccessLogFilter filter in _filters)
        {
            if (!filter.Passes(context))
            {
                return false;
            }
        }

        return true;
    }
}
