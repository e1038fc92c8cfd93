using Nuncio.Core.RateLimiting;
using Nuncio.Core.Runtime;

namespace Nuncio.Extensions.ListenerFilters.LocalRateLimit;

/// <summary>How many sockets a second; immutable. Envoy: <c>listener.local_ratelimit.v3.LocalRateLimit</c>.</summary>
/// <param name="StatPrefix"><c>stat_prefix</c>: statistics are <c>listener_local_ratelimit.&lt;this&gt;.*</c>.</param>
/// <param name="Bucket"><c>token_bucket</c>: what sockets of all workers take from.</param>
/// <param name="Enabled"><c>runtime_enabled</c>.</param>
public sealed record LocalRateLimitConfig(string StatPrefix, TokenBucket Bucket, RuntimeFlag Enabled);
