using Nuncio.Base.Stats;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary><c>udp.&lt;stat_prefix&gt;.*</c> on one worker. Owner: that worker; proxies with the same prefix add up.</summary>
internal sealed class UdpProxyStats(StatScope scope)
{
    /// <summary>Datagrams for which no cluster was found.</summary>
    internal readonly Counter NoRoute = scope.Counter("downstream_sess_no_route");

    /// <summary>Bytes of clients.</summary>
    internal readonly Counter RxBytes = scope.Counter("downstream_sess_rx_bytes");

    /// <summary>Datagrams of clients.</summary>
    internal readonly Counter RxDatagrams = scope.Counter("downstream_sess_rx_datagrams");

    /// <summary>Failures to receive on the listener.</summary>
    internal readonly Counter RxErrors = scope.Counter("downstream_sess_rx_errors");

    /// <summary>Sessions begun, those that a limit ended at once included.</summary>
    internal readonly Counter Total = scope.Counter("downstream_sess_total");

    /// <summary>Bytes sent to clients.</summary>
    internal readonly Counter TxBytes = scope.Counter("downstream_sess_tx_bytes");

    /// <summary>Datagrams sent to clients.</summary>
    internal readonly Counter TxDatagrams = scope.Counter("downstream_sess_tx_datagrams");

    /// <summary>Datagrams for clients that the system did not take.</summary>
    internal readonly Counter TxErrors = scope.Counter("downstream_sess_tx_errors");

    /// <summary>Sessions ended since nothing moved.</summary>
    internal readonly Counter IdleTimeout = scope.Counter("idle_timeout");

    /// <summary>Stays 0: there are no session filters.</summary>
    internal readonly Counter SessionFilterConfigMissing = scope.Counter("session_filter_config_missing");

    /// <summary>Sessions now.</summary>
    internal readonly Gauge Active = scope.Gauge("downstream_sess_active");
}
