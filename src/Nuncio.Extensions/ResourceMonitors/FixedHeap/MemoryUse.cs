namespace Nuncio.Extensions.ResourceMonitors.FixedHeap;

/// <summary>Memory of the process in bytes. Immutable.</summary>
/// <param name="Managed">Live on the managed heap, garbage that was not collected yet included.</param>
/// <param name="Resident">Of the whole process in physical memory.</param>
public readonly record struct MemoryUse(long Managed, long Resident)
{
    /// <summary>Reads them off the machine.</summary>
    public static MemoryUse Read() => new(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);
}
