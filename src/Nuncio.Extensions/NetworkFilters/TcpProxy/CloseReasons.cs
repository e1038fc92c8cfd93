namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>Why the TCP proxy closes a connection, in Envoy's words (local close reasons), its spelling included.</summary>
internal static class CloseReasons
{
    internal const string ConnectFailed = "tcp_initializion_failure:0";
    internal const string NoHealthyUpstream = "tcp_initializion_failure:1";
    internal const string Overflow = "tcp_initializion_failure:2";
    internal const string NoCluster = "tcp_initializion_failure:3";
    internal const string IdleTimeout = "tcp_session_idle_timeout";
    internal const string MaxConnectionDuration = "max_connection_duration_reached";
    internal const string DownstreamLocalClose = "closing_upstream_tcp_connection_due_to_downstream_local_close";
    internal const string DownstreamRemoteClose = "closing_upstream_tcp_connection_due_to_downstream_remote_close";

    /// <summary>The upstream ended: Envoy gives no reason.</summary>
    internal const string UpstreamEnded = "";

    /// <summary>Ours: a callback failed; what is wrong is in the log.</summary>
    internal const string InternalError = "internal_error";
}
