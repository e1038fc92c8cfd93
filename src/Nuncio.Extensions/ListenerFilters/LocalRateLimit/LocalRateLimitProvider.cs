using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Extensions.ListenerFilters.LocalRateLimit;

/// <summary>The rate limit of one listener, shared by workers; immutable but for the bucket.</summary>
public sealed class LocalRateLimitProvider(LocalRateLimitConfig config) : ListenerFilterProvider
{
    /// <summary>How many sockets.</summary>
    public LocalRateLimitConfig Config => config;

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new LocalRateLimitMaker(config, worker.Stats.SubScope("listener_local_ratelimit." + config.StatPrefix).Counter("rate_limited"));
}

/// <summary>Lends one worker's sockets the filter. Owner: that worker.</summary>
internal sealed class LocalRateLimitMaker(LocalRateLimitConfig config, Counter rateLimited) : ListenerFilterMaker
{
    private readonly LocalRateLimitFilter _filter = new(config, rateLimited);

    /// <inheritdoc/>
    public override ListenerFilter? Create(AcceptedSocket socket) => _filter;
}
