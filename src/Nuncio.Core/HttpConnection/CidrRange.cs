using System.Buffers.Binary;
using System.Net;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>A range of IP addresses, <c>envoy.config.core.v3.CidrRange</c>. Immutable.</summary>
public sealed class CidrRange
{
    private readonly byte[] _prefix;
    private readonly int _length;

    /// <summary>The range of all addresses that share the first <paramref name="prefixLength"/> bits of <paramref name="address"/>.</summary>
    public CidrRange(IPAddress address, int prefixLength)
    {
        _prefix = address.GetAddressBytes();
        _length = Math.Min(prefixLength, _prefix.Length * 8);
    }

    /// <summary>Whether the address lies in the range; never for another family.</summary>
    public bool Contains(NetworkAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        int size = 0;
        if (address.Kind == AddressKind.IPv4)
        {
            size = 4;
            BinaryPrimitives.WriteUInt32BigEndian(bytes, address.IPv4Bits);
        }
        else if (address.Kind == AddressKind.IPv6)
        {
            size = 16;
            BinaryPrimitives.WriteUInt64BigEndian(bytes, address.IPv6High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], address.IPv6Low);
        }

        if (size != _prefix.Length)
        {
            return false;
        }

        int whole = _length / 8;
        if (!bytes[..whole].SequenceEqual(_prefix.AsSpan(0, whole)))
        {
            return false;
        }

        int rest = _length % 8;
        return rest == 0 || ((bytes[whole] ^ _prefix[whole]) >> (8 - rest)) == 0;
    }
}
