using System.Buffers.Binary;
using System.Net;

namespace Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;

/// <summary>Writes version 2 headers, right ones and wrong ones.</summary>
internal sealed class ProxyHeaderBuilder
{
    private readonly List<byte> _content = [];

    internal byte VersionAndCommand { get; set; } = 0x21;

    internal byte FamilyAndTransport { get; set; } = 0x11;

    /// <summary>The length it claims; null for the right one.</summary>
    internal int? Length { get; set; }

    internal static ProxyHeaderBuilder IPv4(string source = "203.0.113.9", string destination = "198.51.100.1") =>
        new ProxyHeaderBuilder().WithAddresses(source, destination);

    internal static ProxyHeaderBuilder IPv6(string source = "2001:db8::9", string destination = "2001:db8::1") =>
        new ProxyHeaderBuilder { FamilyAndTransport = 0x21 }.WithAddresses(source, destination);

    internal ProxyHeaderBuilder With(params byte[] content)
    {
        _content.AddRange(content);
        return this;
    }

    internal ProxyHeaderBuilder WithTlv(byte type, params byte[] value) => With([type, (byte)(value.Length >> 8), (byte)value.Length, .. value]);

    /// <summary>PP2_TYPE_CRC32C over what is there so far and behind it.</summary>
    internal ProxyHeaderBuilder WithChecksum(byte[]? behind = null, uint change = 0)
    {
        WithTlv(3, 0, 0, 0, 0);
        int at = 16 + _content.Count - 4;
        With(behind ?? []);
        BinaryPrimitives.WriteUInt32BigEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_content)[(at - 16)..], Crc32C(Bytes()) ^ change);
        return this;
    }

    internal byte[] Bytes()
    {
        int length = Length ?? _content.Count;
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, VersionAndCommand, FamilyAndTransport, (byte)(length >> 8), (byte)length, .. _content];
    }

    private ProxyHeaderBuilder WithAddresses(string source, string destination) =>
        With([.. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), 0xDC, 4, 1, 0xBB]);

    private static uint Crc32C(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        return ~crc;
    }
}
