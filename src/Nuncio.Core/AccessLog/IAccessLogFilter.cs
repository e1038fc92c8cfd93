using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// Which log entries are written, and which local replies a mapper is for (<c>AccessLogFilter</c>). Immutable and shared by all
/// workers; must not allocate.
/// </summary>
public interface IAccessLogFilter
{
    /// <summary>Whether the entry is written.</summary>
    bool Passes(in FormatContext context);
}
