using System.Globalization;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching;

/// <summary>
/// A block of IP addresses, <c>core.v3.CidrRange</c>: those that share the first bits. Bits behind the prefix are zero, so that two
/// spellings of one block are equal. Immutable; any thread.
/// </summary>
public readonly record struct IpPrefix
{
    private IpPrefix(bool isIPv6, UInt128 first, int length)
    {
        IsIPv6 = isIPv6;
        First = first;
        Length = length;
    }

    /// <summary>IPv6, else IPv4: an address of the other family is never in the block.</summary>
    public bool IsIPv6 { get; }

    /// <summary>The lowest address, as a number.</summary>
    public UInt128 First { get; }

    /// <summary>Bits that must be the same.</summary>
    public int Length { get; }

    /// <summary>The highest address, as a number.</summary>
    public UInt128 Last => First | Rest(IsIPv6, Length);

    /// <summary>The block of an address; a length beyond the family's is the family's (Envoy). False for a pipe.</summary>
    public static bool TryCreate(NetworkAddress address, int length, out IpPrefix prefix)
    {
        prefix = default;
        if (!address.IsIp || length < 0)
        {
            return false;
        }

        bool isIPv6 = address.Kind == AddressKind.IPv6;
        length = Math.Min(length, isIPv6 ? 128 : 32);
        prefix = new IpPrefix(isIPv6, NumberOf(address) & ~Rest(isIPv6, length), length);
        return true;
    }

    /// <summary>The address as a number: 32 bits of IPv4, 128 of IPv6.</summary>
    public static UInt128 NumberOf(NetworkAddress address) =>
        address.Kind == AddressKind.IPv6 ? new UInt128(address.IPv6High, address.IPv6Low) : address.IPv4Bits;

    /// <summary>Whether the address is in the block.</summary>
    public bool Contains(NetworkAddress address) =>
        address.IsIp && (address.Kind == AddressKind.IPv6) == IsIPv6 && (NumberOf(address) & ~Rest(IsIPv6, Length)) == First;

    /// <inheritdoc/>
    public override string ToString()
    {
        NetworkAddress first = IsIPv6
            ? NetworkAddress.FromIPv6((ulong)(First >> 64), (ulong)First, 0)
            : NetworkAddress.FromIPv4((uint)First, 0);
        return first.IpText + "/" + Length.ToString(CultureInfo.InvariantCulture);
    }

    private static UInt128 Rest(bool isIPv6, int length)
    {
        int bits = (isIPv6 ? 128 : 32) - length;
        return bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
    }
}
