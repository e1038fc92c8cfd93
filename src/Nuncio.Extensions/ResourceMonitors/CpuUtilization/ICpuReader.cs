namespace Nuncio.Extensions.ResourceMonitors.CpuUtilization;

/// <summary>Processor time so far, in a unit of the reader's own. Immutable.</summary>
/// <param name="Work">Time that was used.</param>
/// <param name="Total">Time that could have been used.</param>
internal readonly record struct CpuTimes(double Work, double Total);

/// <summary>Reads processor times. Owner: main thread.</summary>
internal interface ICpuReader
{
    /// <summary>The times so far; false with the reason when they cannot be told.</summary>
    bool TryRead(out CpuTimes times, out string? error);
}
