using Nuncio.Base.Stats;

namespace Nuncio.Core.Overload;

/// <summary>A resource monitor at work, with its statistics. Owner: main thread.</summary>
internal sealed class MonitoredResource
{
    private readonly ResourceMonitor _monitor;
    private readonly Gauge _pressure;
    private readonly Counter _failed;
    private bool _failing;

    internal MonitoredResource(NamedMonitor named, StatScope scope)
    {
        Name = named.Name;
        _monitor = named.Monitor;
        _pressure = scope.Gauge("pressure");
        _failed = scope.Counter("failed_updates");

        // Monitors answer at once, so none is ever asked while it still works on the last question.
        scope.Counter("skipped_updates");
    }

    internal string Name { get; }

    /// <summary>Reads it. A failure leaves the triggers as they are; its reason is given when it is news.</summary>
    internal bool TryUpdate(out double pressure, out string? news)
    {
        if (_monitor.TryRead(out pressure, out string? error) && double.IsFinite(pressure))
        {
            _failing = false;
            news = null;
            _pressure.Set((long)(Math.Clamp(pressure, 0, 1_000_000) * 100));
            return true;
        }

        _failed.Inc();
        news = _failing ? null : error ?? "no number";
        _failing = true;
        return false;
    }
}
