using Nuncio.Core.Overload;

namespace Nuncio.Core.Tests.Overload;

/// <summary>A resource whose pressure the test sets; null fails to be read.</summary>
internal sealed class FakeMonitor : ResourceMonitor
{
    internal double? Pressure { get; set; } = 0;

    internal int Readings { get; private set; }

    internal GlobalConnections? Connections { get; private set; }

    /// <summary>What it limits connections to when attached; 0 for no limit.</summary>
    internal long Limit { get; init; }

    public override bool TryRead(out double pressure, out string? error)
    {
        Readings++;
        pressure = Pressure ?? 0;
        error = Pressure is null ? "gone" : null;
        return Pressure is not null;
    }

    public override void Attach(GlobalConnections connections)
    {
        Connections = connections;
        if (Limit > 0)
        {
            connections.SetLimit(Limit);
        }
    }
}
