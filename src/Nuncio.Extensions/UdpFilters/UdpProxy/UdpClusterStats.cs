using Nuncio.Base.Stats;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary><c>cluster.&lt;name&gt;.udp.*</c> on one worker. Owner: that worker; made with its first session to the cluster.</summary>
internal sealed class UdpClusterStats(StatScope scope)
{
    /// <summary>Datagrams of upstreams.</summary>
    internal readonly Counter RxDatagrams = scope.Counter("sess_rx_datagrams");

    /// <summary>Those that were too long, or had no room in the system.</summary>
    internal readonly Counter RxDatagramsDropped = scope.Counter("sess_rx_datagrams_dropped");

    /// <summary>Failures to receive, such as the word that nobody is there.</summary>
    internal readonly Counter RxErrors = scope.Counter("sess_rx_errors");

    /// <summary>Datagrams sent to upstreams.</summary>
    internal readonly Counter TxDatagrams = scope.Counter("sess_tx_datagrams");

    /// <summary>Datagrams for upstreams that the system did not take.</summary>
    internal readonly Counter TxErrors = scope.Counter("sess_tx_errors");

    /// <summary>Stays 0: there are no tunnels.</summary>
    internal readonly Counter TunnelSuccess = scope.Counter("sess_tunnel_success");

    /// <summary>Stays 0: there are no tunnels.</summary>
    internal readonly Counter TunnelFailure = scope.Counter("sess_tunnel_failure");

    /// <summary>Stays 0: there are no tunnels.</summary>
    internal readonly Counter TunnelBufferOverflow = scope.Counter("sess_tunnel_buffer_overflow");
}
