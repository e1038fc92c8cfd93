using Nuncio.Core.RateLimiting;
using Nuncio.Core.Runtime;

namespace Nuncio.Extensions.NetworkFilters.LocalRateLimit;

/// <summary>How many connections a second; immutable. Envoy: <c>network.local_ratelimit.v3.LocalRateLimit</c>.</summary>
/// <param name="StatPrefix"><c>stat_prefix</c>: statistics are <c>local_rate_limit.&lt;this&gt;.*</c>.</param>
/// <param name="Bucket"><c>token_bucket</c>, and <c>share_key</c>: what connections of all workers take from.</param>
/// <param name="Enabled"><c>runtime_enabled</c>.</param>
public sealed record LocalRateLimitConfig(string StatPrefix, TokenBucket Bucket, RuntimeFlag Enabled);
