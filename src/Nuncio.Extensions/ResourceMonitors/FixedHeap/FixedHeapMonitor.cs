using Nuncio.Core.Overload;

namespace Nuncio.Extensions.ResourceMonitors.FixedHeap;

/// <summary>
/// Pressure of memory: what the process uses, of a fixed limit. What it uses is the larger of the managed heap and of what is resident,
/// for a heap that was swapped out is used all the same, and memory outside the heap counts too.
/// </summary>
/// <remarks>Owner: main thread.</remarks>
internal sealed class FixedHeapMonitor(ulong limit, Func<MemoryUse> read) : ResourceMonitor
{
    /// <inheritdoc/>
    public override bool TryRead(out double pressure, out string? error)
    {
        MemoryUse use = read();
        pressure = Math.Max(use.Managed, use.Resident) / (double)limit;
        error = null;
        return true;
    }
}
