using System.Buffers.Binary;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>Goes through the TLVs of a version 2 header (section 2.2.7): type, length in two bytes, value.</summary>
internal ref struct TlvReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>PP2_TYPE_CRC32C.</summary>
    internal const byte Checksum = 3;

    private const int Header = 3;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next;

    /// <summary>Whether a TLV went beyond the end.</summary>
    internal bool Failed { get; private set; }

    /// <summary>Type of the current one.</summary>
    internal byte Type { get; private set; }

    /// <summary>Value of the current one.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where that value begins.</summary>
    internal readonly int ValueOffset => _next - Value.Length;

    /// <summary>On to the next; false at the end or when it is cut off.</summary>
    internal bool Read()
    {
        ReadOnlySpan<byte> rest = _bytes[_next..];
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.Length < Header || rest.Length - Header < BinaryPrimitives.ReadUInt16BigEndian(rest[1..]))
        {
            Failed = true;
            return false;
        }

        Type = rest[0];
        Value = rest.Slice(Header, BinaryPrimitives.ReadUInt16BigEndian(rest[1..]));
        _next += Header + Value.Length;
        return true;
    }
}
