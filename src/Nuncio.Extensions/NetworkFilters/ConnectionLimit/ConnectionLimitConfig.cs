using Nuncio.Core.Runtime;

namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary>How many connections at once; immutable. Envoy: <c>connection_limit.v3.ConnectionLimit</c>.</summary>
/// <param name="StatPrefix"><c>stat_prefix</c>: statistics are <c>connection_limit.&lt;this&gt;.*</c>.</param>
/// <param name="MaxConnections"><c>max_connections</c> of the filter chain, over all workers.</param>
/// <param name="DelayNanos"><c>delay</c>: how long one over the limit waits for its close; 0 not at all.</param>
/// <param name="Enabled"><c>runtime_enabled</c>.</param>
public sealed record ConnectionLimitConfig(string StatPrefix, long MaxConnections, long DelayNanos, RuntimeFlag Enabled);
