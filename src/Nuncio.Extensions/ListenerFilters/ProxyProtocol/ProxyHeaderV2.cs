using System.Buffers.Binary;
using System.Numerics;
using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>Version 2, section 2.2 of the specification: binary, with TLVs behind the addresses. Stateless.</summary>
/// <remarks>
/// <code>
/// 12 bytes signature | version 2, command | family, transport | length of what follows, 2 bytes | addresses | TLVs
/// </code>
/// Envoy: families other than IPv4 and IPv6 are refused, Unix domain sockets and "unspecified" among them.
/// </remarks>
internal static class ProxyHeaderV2
{
    /// <summary>
    /// The longest header taken, the most that a socket holds before it is a connection. Senders stay far below: the specification asks for
    /// one packet. Envoy: what 16 bits can say, 64 KiB.
    /// </summary>
    internal const int LongestHeader = 16 * 1024;

    /// <summary>Bytes before the addresses.</summary>
    private const int FixedLength = 16;

    private const int IPv4Addresses = 12;
    private const int IPv6Addresses = 36;
    private const int ChecksumLength = 4;

    /// <summary>How every header begins: chosen so that no other protocol does.</summary>
    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads bytes that begin with the signature. The length is known before all is there.</summary>
    internal static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = new ProxyHeader(2, 0);
        if (bytes.Length < FixedLength)
        {
            return bytes.Length > 12 && bytes[12] >> 4 != 2 ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.NeedMore;
        }

        int rest = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        int addresses = AddressLength(bytes[12], bytes[13]);
        if (addresses < 0 || rest < addresses || FixedLength + rest > LongestHeader)
        {
            return ProxyHeaderStatus.Malformed;
        }

        int length = FixedLength + rest;
        bool isLocal = (bytes[12] & 15) == 0;
        header = new ProxyHeader(2, length, isLocal ? length : FixedLength + addresses);
        if (bytes.Length < length)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        if (isLocal)
        {
            return ProxyHeaderStatus.Found;
        }

        if (!AreTlvsGood(bytes[..length], header.TlvOffset))
        {
            return ProxyHeaderStatus.Malformed;
        }

        ReadOnlySpan<byte> content = bytes[FixedLength..];
        (NetworkAddress source, NetworkAddress destination) = addresses == IPv4Addresses ? ReadIPv4(content) : ReadIPv6(content);
        header = header with { Source = source, Destination = destination };
        return ProxyHeaderParser.IsUnicast(source) && ProxyHeaderParser.IsUnicast(destination)
            ? ProxyHeaderStatus.Found
            : ProxyHeaderStatus.Malformed;
    }

    /// <summary>Bytes of addresses; negative for what is not taken.</summary>
    private static int AddressLength(byte versionAndCommand, byte familyAndTransport)
    {
        switch (versionAndCommand)
        {
            case 0x20:
                // LOCAL: the sender speaks for itself, and what it says of addresses is to be ignored.
                return 0;
            case 0x21:
                int transport = familyAndTransport & 15;
                int family = familyAndTransport >> 4;
                return transport is not (1 or 2) ? -1 : family switch { 1 => IPv4Addresses, 2 => IPv6Addresses, _ => -1 };
            default:
                return -1;
        }
    }

    private static (NetworkAddress Source, NetworkAddress Destination) ReadIPv4(ReadOnlySpan<byte> content) =>
    (
        NetworkAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(content), BinaryPrimitives.ReadUInt16BigEndian(content[8..])),
        NetworkAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(content[4..]), BinaryPrimitives.ReadUInt16BigEndian(content[10..])));

    private static (NetworkAddress Source, NetworkAddress Destination) ReadIPv6(ReadOnlySpan<byte> content) =>
    (
        NetworkAddress.FromIPv6(
            BinaryPrimitives.ReadUInt64BigEndian(content),
            BinaryPrimitives.ReadUInt64BigEndian(content[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(content[32..])),
        NetworkAddress.FromIPv6(
            BinaryPrimitives.ReadUInt64BigEndian(content[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(content[24..]),
            BinaryPrimitives.ReadUInt16BigEndian(content[34..])));

    private static bool AreTlvsGood(ReadOnlySpan<byte> header, int offset)
    {
        TlvReader tlvs = new(header[offset..]);
        while (tlvs.Read())
        {
            if (tlvs.Type == TlvReader.Checksum && !IsChecksumGood(header, tlvs.Value, offset + tlvs.ValueOffset))
            {
                return false;
            }
        }

        return !tlvs.Failed;
    }

    /// <summary>
    /// PP2_TYPE_CRC32C: the checksum of the header as if its own value were zero. A receiver that knows it must ask for it to be right.
    /// Envoy: does not look.
    /// </summary>
    private static bool IsChecksumGood(ReadOnlySpan<byte> header, ReadOnlySpan<byte> value, int at)
    {
        if (value.Length != ChecksumLength)
        {
            return false;
        }

        uint crc = Crc(uint.MaxValue, header[..at]);
        crc = BitOperations.Crc32C(crc, 0U);
        crc = ~Crc(crc, header[(at + ChecksumLength)..]);
        return crc == BinaryPrimitives.ReadUInt32BigEndian(value);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }
}
