using Nuncio.Core.Clusters;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Authorization;

/// <summary>What the rules of role-based access control may look at: a connection, or a request on it. A ref struct so that nobody keeps it.</summary>
public readonly ref struct AuthorizationInput
{
    private AuthorizationInput(ConnectionInfo? connection, NetworkAddress? local, NetworkAddress? remote, NetworkAddress? directRemote)
    {
        Connection = connection;
        LocalAddress = local;
        RemoteAddress = remote;
        DirectRemoteAddress = directRemote;
    }

    /// <summary>The connection, where one is known.</summary>
    public ConnectionInfo? Connection { get; }

    /// <summary>Where the client wanted to go, as restored.</summary>
    public NetworkAddress? LocalAddress { get; }

    /// <summary>Who the client is, PROXY protocol and, for a request, x-forwarded-for taken into account.</summary>
    public NetworkAddress? RemoteAddress { get; }

    /// <summary>Who the system says the client is.</summary>
    public NetworkAddress? DirectRemoteAddress { get; }

    /// <summary>What filters have left.</summary>
    public DynamicMetadata? Metadata { get; private init; }

    /// <summary>Facts of the chosen route; null for a connection.</summary>
    public ConfigMetadata? RouteMetadata { get; private init; }

    /// <summary>Filter state.</summary>
    public FilterState? FilterState { get; private init; }

    /// <summary>Headers of the request; null for a connection.</summary>
    public HeaderMap? Headers { get; private init; }

    /// <summary>For a connection.</summary>
    public static AuthorizationInput Of(ConnectionInfo connection) =>
        new(connection, connection.LocalAddress, connection.RemoteAddress, connection.DirectRemoteAddress)
        {
            Metadata = connection.Metadata,
            FilterState = connection.FilterState,
        };

    /// <summary>For a request.</summary>
    public static AuthorizationInput Of(StreamInfo stream, HeaderMap headers) =>
        new(
            stream.Connection,
            stream.DownstreamLocalAddress ?? stream.Connection?.LocalAddress,
            stream.DownstreamRemoteAddress ?? stream.Connection?.RemoteAddress,
            stream.DownstreamDirectRemoteAddress ?? stream.Connection?.DirectRemoteAddress)
        {
            Metadata = stream.Metadata,
            RouteMetadata = stream.Route?.Metadata,
            FilterState = stream.FilterState ?? stream.Connection?.FilterState,
            Headers = headers,
        };
}
