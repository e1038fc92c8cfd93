using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.DirectResponse;

/// <summary>Answers a connection with fixed bytes and closes it. Owner: the worker; one per connection, ends with it.</summary>
internal sealed class DirectResponseFilter(DirectResponseConfig config) : IReadFilter
{
    /// <summary>Envoy's response code details.</summary>
    private const string Reason = "direct_response";

    /// <summary>
    /// Time for the client to end its side. Envoy closes at once, and then a client that has sent something gets a reset, which can
    /// overtake the answer.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private Connection _connection = null!;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        if (config.Response.Length == 0)
        {
            _connection.Close(ConnectionCloseType.FlushWrite, Reason);
            return FilterStatus.StopIteration;
        }

        _connection.WriteBuffer.Append(config.Response);
        _connection.NotifyWritten();
        _connection.DelayedCloseTimeout = s_patience;
        _connection.Close(ConnectionCloseType.FlushWriteAndDelay, Reason);
        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        data.Clear();
        return FilterStatus.StopIteration;
    }
}
