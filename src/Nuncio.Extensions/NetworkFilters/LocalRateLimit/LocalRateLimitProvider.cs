using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.LocalRateLimit;

/// <summary>The rate limit of one filter chain, shared by workers; immutable but for the bucket.</summary>
public sealed class LocalRateLimitProvider(LocalRateLimitConfig config) : NetworkFilterProvider
{
    /// <summary>How many connections.</summary>
    public LocalRateLimitConfig Config => config;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new LocalRateLimitMaker(config, worker.Stats.SubScope("local_rate_limit." + config.StatPrefix).Counter("rate_limited"));
}

/// <summary>Makes one worker's rate limit filters. Owner: that worker.</summary>
internal sealed class LocalRateLimitMaker(LocalRateLimitConfig config, Counter rateLimited) : NetworkFilterMaker
{
    internal LocalRateLimitConfig Config => config;

    /// <summary><c>local_rate_limit.&lt;stat_prefix&gt;.rate_limited</c>.</summary>
    internal Counter RateLimited => rateLimited;

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new LocalRateLimitFilter(this, accepted.Info));
}
