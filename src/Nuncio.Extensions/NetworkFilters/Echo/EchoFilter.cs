using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.Echo;

/// <summary>Sends back what it gets, and its end too.</summary>
/// <remarks>
/// Owner: the worker; one per connection, ends with it. A client that sends without reading is not read from while the write buffer is
/// above its limit.
/// </remarks>
internal sealed class EchoFilter : IReadFilter, IConnectionCallbacks
{
    private Connection _connection = null!;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection)
    {
        _connection = connection;

        // Envoy: an end closes the connection with what is not sent yet; here the echo is complete.
        connection.HalfCloseEnabled = true;
        connection.AddCallbacks(this);
    }

    /// <inheritdoc/>
    public FilterStatus OnNewConnection() => FilterStatus.Continue;

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        _connection.Write(data, endStream);
        return FilterStatus.StopIteration;
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark() => _connection.ReadDisable(true);

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark() => _connection.ReadDisable(false);
}
