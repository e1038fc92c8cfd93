using System.Buffers.Binary;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Udp;

/// <summary>
/// An IP and port as a plain value: what is known of each datagram without making a <see cref="NetworkAddress"/> for it.
/// </summary>
/// <remarks>
/// Any thread: immutable. An IPv4 address on an IPv6 socket stays in its mapped form, which that socket sends to. The default value is no
/// address.
/// </remarks>
public readonly struct DatagramAddress : IEquatable<DatagramAddress>
{
    /// <summary>Room for the structure of either family.</summary>
    internal const int MaxSize = 28;

    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const ulong MappedPrefix = 0x0000FFFF;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly ushort _family;

    private DatagramAddress(ushort family, ulong high, ulong low, int port, uint scope)
    {
        _family = family;
        _high = high;
        _low = low;
        _port = (ushort)port;
        _scope = scope;
    }

    /// <summary>Whether it is an address at all.</summary>
    public bool IsSome => _family != 0;

    /// <summary>Whether a socket for IPv6 has it.</summary>
    public bool IsIPv6 => _family == FamilyIPv6;

    /// <summary>The port.</summary>
    public int Port => _port;

    /// <summary>IPv4 as a number in host order; meaningless for IPv6.</summary>
    internal uint IPv4Bits => (uint)_low;

    /// <summary>The upper half of IPv6 in host order.</summary>
    internal ulong High => _high;

    /// <summary>The lower half of IPv6 in host order.</summary>
    internal ulong Low => _low;

    /// <summary>An IPv4 address from its number in host order.</summary>
    public static DatagramAddress FromIPv4(uint bits, int port) => new(FamilyIPv4, 0, bits, port, 0);

    /// <summary>An IPv6 address from its halves in host order.</summary>
    public static DatagramAddress FromIPv6(ulong high, ulong low, int port, uint scope = 0) => new(FamilyIPv6, high, low, port, scope);

    /// <summary>The value of an IP address; no address for others.</summary>
    public static DatagramAddress From(NetworkAddress address) => address.Kind switch
    {
        AddressKind.IPv4 => FromIPv4(address.IPv4Bits, address.Port),
        AddressKind.IPv6 => FromIPv6(address.IPv6High, address.IPv6Low, address.Port, address.ScopeId),
        _ => default,
    };

    /// <summary>The address as the rest of the proxy knows it; mapped IPv4 becomes IPv4. Makes an object.</summary>
    public NetworkAddress ToNetworkAddress() =>
        _family == FamilyIPv4 ? NetworkAddress.FromIPv4((uint)_low, _port)
        : _high == 0 && _low >> 32 == MappedPrefix ? NetworkAddress.FromIPv4((uint)_low, _port)
        : NetworkAddress.FromIPv6(_high, _low, _port, _scope);

    /// <inheritdoc/>
    public bool Equals(DatagramAddress other) =>
        _low == other._low && _port == other._port && _high == other._high && _scope == other._scope && _family == other._family;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DatagramAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_low, _high, _port);

    /// <inheritdoc/>
    public override string ToString() => IsSome ? ToNetworkAddress().ToString() : "-";

    /// <summary>Whether both are equal.</summary>
    public static bool operator ==(in DatagramAddress left, in DatagramAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(in DatagramAddress left, in DatagramAddress right) => !left.Equals(right);

    /// <summary>Writes the kernel's structure (ip(7), ipv6(7)) and answers its length.</summary>
    internal int Write(Span<byte> into)
    {
        BitConverter.TryWriteBytes(into, _family);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], _port);
        if (_family == FamilyIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[4..], (uint)_low);
            into[8..16].Clear();
            return 16;
        }

        into[4..8].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(into[8..], _high);
        BinaryPrimitives.WriteUInt64BigEndian(into[16..], _low);
        BitConverter.TryWriteBytes(into[24..], _scope);
        return MaxSize;
    }

    /// <summary>Reads the kernel's structure; no address for another family.</summary>
    internal static DatagramAddress Read(ReadOnlySpan<byte> from)
    {
        ushort family = BitConverter.ToUInt16(from);
        int port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
        return family switch
        {
            FamilyIPv4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(from[4..]), port),
            FamilyIPv6 => FromIPv6(
                BinaryPrimitives.ReadUInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(from[16..]),
                port,
                BitConverter.ToUInt32(from[24..])),
            _ => default,
        };
    }
}
