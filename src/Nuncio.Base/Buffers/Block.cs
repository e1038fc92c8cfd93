namespace Nuncio.Base.Buffers;

/// <summary>
/// A fixed-size piece of pinned memory that slices of several buffers may share.
/// </summary>
/// <remarks>
/// Owner: the worker whose <see cref="BlockPool"/> made it; never crosses threads. Alive while a slice refers to it, then back in
/// its pool. Invariant: bytes below <see cref="Used"/> belong to some slice and never change again; bytes above it are free, and
/// the slice that ends at <see cref="Used"/> may grow into them.
/// </remarks>
internal sealed class Block
{
    internal readonly byte[] Array;

    /// <summary>Address of the first byte; fixed for life, the array lives on the pinned heap.</summary>
    internal readonly nint Address;

    internal int References;

    /// <summary>End of the part handed out so far.</summary>
    internal int Used;

    /// <summary>Next free block while in the pool.</summary>
    internal Block? NextFree;

    internal Block(int size)
    {
        // Uninitialised is safe: nothing reads above what was written, since slices end at what was committed.
        Array = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        unsafe
        {
            // Safety: the array is on the pinned heap, so its address holds as long as the array, which this object keeps.
            Address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
                ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(Array));
        }
    }
}
