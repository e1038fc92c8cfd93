namespace Nuncio.Core.Overload;

/// <summary>Places where work may be turned away under load, <c>envoy.load_shed_points.*</c>.</summary>
public enum LoadShedPoint : byte
{
    /// <summary><c>tcp_listener_accept</c>: the connection is closed before its listener filters.</summary>
    TcpListenerAccept,

    /// <summary><c>http_connection_manager_decode_headers</c>: local reply 503.</summary>
    HttpDecodeHeaders,

    /// <summary><c>hcm_ondata_creating_codec</c>: the connection is closed before its codec is made.</summary>
    HttpCreateCodec,

    /// <summary><c>http1_server_abort_dispatch</c>: 500, then close.</summary>
    Http1AbortDispatch,

    /// <summary><c>http_downstream_filter_check</c>: local reply by the router.</summary>
    HttpDownstreamFilterCheck,

    /// <summary><c>connection_pool_new_connection</c>: no new upstream connection.</summary>
    ConnectionPoolNewConnection,
}
