namespace Nuncio.Core.Overload;

/// <summary>What a proxy under load does less of, <c>envoy.overload_actions.*</c>.</summary>
public enum OverloadAction : byte
{
    /// <summary><c>stop_accepting_requests</c>: 503.</summary>
    StopAcceptingRequests,

    /// <summary><c>disable_http_keepalive</c>: connections end after their response.</summary>
    DisableHttpKeepAlive,

    /// <summary><c>stop_accepting_connections</c>: the system's backlog takes them.</summary>
    StopAcceptingConnections,

    /// <summary><c>reject_incoming_connections</c>: accepted and closed.</summary>
    RejectIncomingConnections,

    /// <summary><c>shrink_heap</c>: free memory goes back to the system.</summary>
    ShrinkHeap,

    /// <summary><c>reduce_timeouts</c>: see <see cref="ScaledTimerKind"/>.</summary>
    ReduceTimeouts,

    /// <summary><c>close_idle_http_connections</c>: idle HTTP/3 connections, of which there are none.</summary>
    CloseIdleHttpConnections,
}
