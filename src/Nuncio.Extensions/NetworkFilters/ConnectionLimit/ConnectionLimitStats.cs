using Nuncio.Base.Stats;

namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary><c>connection_limit.&lt;stat_prefix&gt;.</c> of one worker.</summary>
internal sealed class ConnectionLimitStats(StatScope scope)
{
    internal readonly Counter LimitedConnections = scope.Counter("limited_connections");
    internal readonly Gauge ActiveConnections = scope.Gauge("active_connections");
}
