using System.Buffers.Binary;
using System.Text;

namespace Nuncio.IO.Sockets;

/// <summary>
/// Between <see cref="NetworkAddress"/> and the kernel's sockaddr structures (ip(7), ipv6(7), unix(7)). Stateless.
/// </summary>
internal static class SocketAddressCodec
{
    /// <summary>Room for every address: <c>sizeof(struct sockaddr_storage)</c>.</summary>
    internal const int MaxSize = 128;

    private const ushort FamilyUnix = 1;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const ulong MappedPrefix = 0x0000FFFF;

    /// <summary>The number socket() wants.</summary>
    internal static int FamilyOf(AddressKind kind) => kind switch
    {
        AddressKind.IPv4 => FamilyIPv4,
        AddressKind.IPv6 => FamilyIPv6,
        _ => FamilyUnix,
    };

    /// <summary>Writes the structure and answers its length.</summary>
    internal static int Write(NetworkAddress address, Span<byte> into)
    {
        into[..MaxSize].Clear();
        BitConverter.TryWriteBytes(into, (ushort)FamilyOf(address.Kind));
        switch (address.Kind)
        {
            case AddressKind.IPv4:
                BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)address.Port);
                BinaryPrimitives.WriteUInt32BigEndian(into[4..], address.IPv4Bits);
                return 16;
            case AddressKind.IPv6:
                BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)address.Port);
                BinaryPrimitives.WriteUInt64BigEndian(into[8..], address.IPv6High);
                BinaryPrimitives.WriteUInt64BigEndian(into[16..], address.IPv6Low);
                BitConverter.TryWriteBytes(into[24..], address.ScopeId);
                return 28;
            default:
                int length = Encoding.UTF8.GetBytes(address.PipePath!, into[2..]);
                if (address.PipePath!.StartsWith('@'))
                {
                    // Abstract: the name begins with NUL and ends with the structure.
                    into[2] = 0;
                    return 2 + length;
                }

                return 2 + length + 1;
        }
    }

    /// <summary>Reads a structure; null for a family not used here. Mapped IPv4 becomes IPv4, as Envoy shows it.</summary>
    internal static NetworkAddress? Read(ReadOnlySpan<byte> from)
    {
        if (from.Length < 2)
        {
            return null;
        }

        switch (BitConverter.ToUInt16(from))
        {
            case FamilyIPv4 when from.Length >= 8:
                return NetworkAddress.FromIPv4(
                    BinaryPrimitives.ReadUInt32BigEndian(from[4..]), BinaryPrimitives.ReadUInt16BigEndian(from[2..]));
            case FamilyIPv6 when from.Length >= 28:
                int port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
                ulong high = BinaryPrimitives.ReadUInt64BigEndian(from[8..]);
                ulong low = BinaryPrimitives.ReadUInt64BigEndian(from[16..]);
                return high == 0 && low >> 32 == MappedPrefix
                    ? NetworkAddress.FromIPv4((uint)low, port)
                    : NetworkAddress.FromIPv6(high, low, port, BitConverter.ToUInt32(from[24..]));
            case FamilyUnix:
                return ReadPath(from[2..]);
            default:
                return null;
        }
    }

    private static NetworkAddress ReadPath(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return NetworkAddress.UnnamedPipe;
        }

        if (path[0] == 0)
        {
            return path.Length == 1 ? NetworkAddress.UnnamedPipe : NetworkAddress.FromPipe("@" + Encoding.UTF8.GetString(path[1..]));
        }

        int end = path.IndexOf((byte)0);
        return NetworkAddress.FromPipe(Encoding.UTF8.GetString(end < 0 ? path : path[..end]));
    }
}
