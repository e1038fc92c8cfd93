using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.SniCluster;

/// <summary>
/// Has the TCP proxy send a connection to the cluster named as the server that the client asked for. Owner: the worker; one per
/// connection, takes itself out once it has.
/// </summary>
internal sealed class SniClusterFilter(ConnectionInfo info) : IReadFilter
{
    private Connection _connection = null!;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection()
    {
        if (info.RequestedServerName.Length > 0)
        {
            (info.FilterState ??= new FilterState()).TrySet(FilterStateObjects.TcpProxyCluster, info.RequestedServerName);
        }

        _connection.RemoveReadFilter(this);
        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream) => FilterStatus.Continue;
}
