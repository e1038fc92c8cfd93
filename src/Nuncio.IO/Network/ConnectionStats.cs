using Nuncio.Base.Stats;

namespace Nuncio.IO.Network;

/// <summary>
/// Where a connection counts its bytes; made once per worker and shared by all connections of a listener, cluster or stat prefix.
/// Any of the cells may be missing.
/// </summary>
public sealed record ConnectionStats
{
    /// <summary>Bytes received (<c>..._cx_rx_bytes_total</c>).</summary>
    public Counter? ReadTotal { get; init; }

    /// <summary>Received bytes no filter has taken yet (<c>..._cx_rx_bytes_buffered</c>).</summary>
    public Gauge? ReadCurrent { get; init; }

    /// <summary>Bytes sent (<c>..._cx_tx_bytes_total</c>).</summary>
    public Counter? WriteTotal { get; init; }

    /// <summary>Bytes waiting to be sent (<c>..._cx_tx_bytes_buffered</c>).</summary>
    public Gauge? WriteCurrent { get; init; }

    /// <summary>Source addresses that could not be bound (<c>bind_errors</c>).</summary>
    public Counter? BindErrors { get; init; }

    /// <summary>Connections whose peer did not end in time after our close (<c>..._cx_delayed_close_timeout</c>).</summary>
    public Counter? DelayedCloseTimeouts { get; init; }
}
