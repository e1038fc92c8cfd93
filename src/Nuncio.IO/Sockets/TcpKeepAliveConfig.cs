namespace Nuncio.IO.Sockets;

/// <summary>TCP keep-alive probing (Envoy: <c>core.v3.TcpKeepalive</c>). Null values leave the system's. Immutable.</summary>
/// <param name="Probes">Unanswered probes before the connection is dead.</param>
/// <param name="TimeSeconds">Idle time before the first probe.</param>
/// <param name="IntervalSeconds">Time between probes.</param>
public sealed record TcpKeepAliveConfig(int? Probes = null, int? TimeSeconds = null, int? IntervalSeconds = null)
{
    /// <summary>A zero anywhere turns keep-alive off, as Envoy's listeners do.</summary>
    public bool IsDisabled => Probes == 0 || TimeSeconds == 0 || IntervalSeconds == 0;
}
