using Nuncio.Base.Stats;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary><c>tcp.&lt;stat_prefix&gt;.*</c> on one worker. Owner: that worker; proxies with the same prefix add up.</summary>
internal sealed class TcpProxyStats(StatScope scope)
{
    /// <summary>Connections taken.</summary>
    internal readonly Counter CxTotal = scope.Counter("downstream_cx_total");

    /// <summary>Connections whose cluster does not exist.</summary>
    internal readonly Counter CxNoRoute = scope.Counter("downstream_cx_no_route");

    /// <summary>Times the client was not read from any more, since the upstream is slow.</summary>
    internal readonly Counter FlowControlPausedReading = scope.Counter("downstream_flow_control_paused_reading_total");

    /// <summary>Times it was read from again.</summary>
    internal readonly Counter FlowControlResumedReading = scope.Counter("downstream_flow_control_resumed_reading_total");

    /// <summary>Bytes taken before the upstream was connected; stays 0, since nothing is read before.</summary>
    internal readonly Counter EarlyDataReceived = scope.Counter("early_data_received_count_total");

    /// <summary>Connections closed since nothing moved, draining upstream connections included.</summary>
    internal readonly Counter IdleTimeout = scope.Counter("idle_timeout");

    /// <summary>Connections closed for their age.</summary>
    internal readonly Counter MaxConnectionDuration = scope.Counter("max_downstream_connection_duration");

    /// <summary>Upstream connections that outlived their client to send what was left.</summary>
    internal readonly Counter UpstreamFlushTotal = scope.Counter("upstream_flush_total");

    /// <summary>Those that do so now.</summary>
    internal readonly Gauge UpstreamFlushActive = scope.Gauge("upstream_flush_active");

    /// <summary>Bytes of the clients' connections, counted by the connections themselves.</summary>
    internal readonly ConnectionStats Bytes = new()
    {
        ReadTotal = scope.Counter("downstream_cx_rx_bytes_total"),
        ReadCurrent = scope.Gauge("downstream_cx_rx_bytes_buffered"),
        WriteTotal = scope.Counter("downstream_cx_tx_bytes_total"),
        WriteCurrent = scope.Gauge("downstream_cx_tx_bytes_buffered"),
    };
}
