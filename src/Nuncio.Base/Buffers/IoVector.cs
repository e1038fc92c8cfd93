using System.Runtime.InteropServices;

namespace Nuncio.Base.Buffers;

/// <summary>One piece of memory for a scattered read or gathered write: <c>struct iovec</c> of Linux, which takes it as is.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct IoVector(nint address, int length)
{
    /// <summary>First byte, in pinned memory.</summary>
    public readonly nint Address = address;

    private readonly nuint _length = (nuint)length;

    /// <summary>Bytes.</summary>
    public int Length => (int)_length;

    /// <summary>The bytes, for implementations that do not call the kernel (the simulated network).</summary>
    public unsafe Span<byte> AsSpan() => new((void*)Address, Length); // Safety: made only by Buffer, from a pinned block that it keeps.
}
