using Nuncio.Core.Overload;

namespace Nuncio.Extensions.ResourceMonitors.CpuUtilization;

/// <summary>
/// How busy the processors are: the share of the time since the last reading, smoothed so that a short burst does not turn anything on.
/// </summary>
/// <remarks>Owner: main thread. Made before anything is served, which makes its first reading the beginning.</remarks>
internal sealed class CpuUtilizationMonitor : ResourceMonitor
{
    /// <summary>Weight of the newest reading. Envoy's: about 14 readings to come half the way to a new load.</summary>
    private const double Alpha = 0.05;

    private readonly ICpuReader _reader;
    private CpuTimes? _last;
    private double _utilization;

    internal CpuUtilizationMonitor(ICpuReader reader)
    {
        _reader = reader;
        _last = reader.TryRead(out CpuTimes first, out _) ? first : null;
    }

    /// <inheritdoc/>
    public override bool TryRead(out double pressure, out string? error)
    {
        pressure = 0;
        if (!_reader.TryRead(out CpuTimes now, out error))
        {
            return false;
        }

        if (_last is not { } last)
        {
            _last = now;
            error = "no earlier reading to compare with";
            return false;
        }

        double work = now.Work - last.Work;
        double total = now.Total - last.Total;
        if (!(work >= 0 && total > 0))
        {
            // The counters began anew (a container that moved): from here on it is right again.
            _last = now;
            error = "processor times went backwards or stood still";
            return false;
        }

        _last = now;
        _utilization = (Math.Min(work / total, 1) * Alpha) + ((1 - Alpha) * _utilization);
        pressure = _utilization;
        return true;
    }
}
