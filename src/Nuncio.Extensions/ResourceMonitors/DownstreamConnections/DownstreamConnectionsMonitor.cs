using Nuncio.Core.Overload;

namespace Nuncio.Extensions.ResourceMonitors.DownstreamConnections;

/// <summary>
/// Limits the downstream connections of the whole process, at the moment one is accepted and not only at the next refresh; its pressure
/// is how near the limit is.
/// </summary>
/// <remarks>Owner: main thread; the counting is <see cref="GlobalConnections"/>'.</remarks>
internal sealed class DownstreamConnectionsMonitor(long limit) : ResourceMonitor
{
    private GlobalConnections? _connections;

    /// <inheritdoc/>
    public override void Attach(GlobalConnections connections)
    {
        _connections = connections;
        connections.SetLimit(limit);
    }

    /// <inheritdoc/>
    public override bool TryRead(out double pressure, out string? error)
    {
        pressure = (_connections?.Count ?? 0) / (double)limit;
        error = null;
        return true;
    }
}
