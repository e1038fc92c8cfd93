using System.Buffers.Binary;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// Reads numbers and length-prefixed parts off bytes. What is not there is read as zero or empty and remembered in
/// <see cref="Failed"/>, so that whoever reads asks once at the end.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something was asked for that was not there.</summary>
    internal bool Failed { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A byte.</summary>
    internal byte UInt8()
    {
        ReadOnlySpan<byte> taken = Take(1);
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    /// <summary>Two bytes.</summary>
    internal ushort UInt16()
    {
        ReadOnlySpan<byte> taken = Take(2);
        return taken.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(taken);
    }

    /// <summary>As many bytes as the byte before them says.</summary>
    internal ReadOnlySpan<byte> Prefixed8() => Take(UInt8());

    /// <summary>As many bytes as the two bytes before them say.</summary>
    internal ReadOnlySpan<byte> Prefixed16() => Take(UInt16());

    /// <summary>Leaves bytes out.</summary>
    internal void Skip(int count) => Take(count);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
