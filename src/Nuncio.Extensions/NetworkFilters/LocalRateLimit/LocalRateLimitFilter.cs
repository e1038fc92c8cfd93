using Nuncio.Core.Failures;
using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.LocalRateLimit;

/// <summary>
/// Takes a token for a new connection, or closes it. Owner: the worker; one per connection, takes itself out once it has decided.
/// </summary>
internal sealed class LocalRateLimitFilter(LocalRateLimitMaker limit, ConnectionInfo info) : IReadFilter
{
    private Connection _connection = null!;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        if (limit.Config.Enabled.IsOn && !limit.Config.Bucket.TryTake(_connection.Dispatcher.NowNanos))
        {
            limit.RateLimited.Inc();

            // Envoy: this flag, not RL.
            info.Flags |= ResponseFlags.UpstreamRetryLimitExceeded;
            _connection.Close(ConnectionCloseType.NoFlush, "local_ratelimit_close_over_limit");
            return FilterStatus.StopIteration;
        }

        _connection.RemoveReadFilter(this);
        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream) => FilterStatus.Continue;
}
