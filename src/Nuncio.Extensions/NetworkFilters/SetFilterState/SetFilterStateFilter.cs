using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.SetFilterState;

/// <summary>
/// Puts values into the filter state of a new connection. Owner: the worker; one per connection, takes itself out once it has.
/// </summary>
internal sealed class SetFilterStateFilter(SetFilterStateMaker maker, ConnectionInfo info) : IReadFilter
{
    private Connection _connection = null!;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        maker.Apply(_connection, info);
        _connection.RemoveReadFilter(this);
        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream) => FilterStatus.Continue;
}
