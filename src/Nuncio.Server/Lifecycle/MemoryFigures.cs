namespace Nuncio.Server.Lifecycle;

/// <summary>Memory of the process, in bytes. Immutable.</summary>
/// <param name="Live">On the managed heap, garbage that was not collected yet included.</param>
/// <param name="Committed">Taken from the system for the managed heap.</param>
/// <param name="Fragmented">Of that, free between objects.</param>
/// <param name="Resident">Of the whole process, in physical memory.</param>
/// <param name="TotalAllocated">Ever allocated on the managed heap.</param>
internal readonly record struct MemoryFigures(long Live, long Committed, long Fragmented, long Resident, long TotalAllocated)
{
    /// <summary>Reads them; <paramref name="exact"/> halts all threads for a moment to count the last bytes.</summary>
    internal static MemoryFigures Read(bool exact)
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        long live = GC.GetTotalMemory(forceFullCollection: false);
        return new(
            live,
            Math.Max(live, info.TotalCommittedBytes), // Not known before the first collection.
            info.FragmentedBytes,
            Environment.WorkingSet,
            GC.GetTotalAllocatedBytes(exact));
    }
}
