using Nuncio.Base.Stats;
using Nuncio.Core.ListenerFilters;

namespace Nuncio.Extensions.ListenerFilters.LocalRateLimit;

/// <summary>Takes a token for an accepted socket, or closes it. Has no state of its own: one for all sockets of a worker.</summary>
internal sealed class LocalRateLimitFilter(LocalRateLimitConfig config, Counter rateLimited) : ListenerFilter
{
    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket)
    {
        if (!config.Enabled.IsOn || config.Bucket.TryTake(socket.Dispatcher.NowNanos))
        {
            return ListenerFilterStatus.Continue;
        }

        rateLimited.Inc();
        socket.Close("local_ratelimit_close_over_limit");
        return ListenerFilterStatus.StopIteration;
    }
}
