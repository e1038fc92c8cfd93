using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>
/// Reads the header that a proxy puts before the first byte of a connection ("The PROXY protocol", versions 1 and 2, by HAProxy's
/// authors). Strict: the sender is a program, and whoever can write a header that two readers take for different ones can pretend to be
/// somebody else.
/// </summary>
/// <remarks>
/// Stateless: a header is short, so each call begins anew. Which version it is, is known at the first byte that tells; bytes that
/// belong to neither are told apart then and not waited for.
/// </remarks>
internal static class ProxyHeaderParser
{
    /// <summary>Looks at all bytes so far.</summary>
    /// <param name="lenient">Who has no header may come in: then a disallowed version is none.</param>
    internal static ProxyHeaderStatus Parse(
        ReadOnlySpan<byte> bytes, bool allowV1, bool allowV2, bool lenient, out ProxyHeader header)
    {
        header = default;
        bool isV1 = Begins(bytes, ProxyHeaderV1.Signature) && (allowV1 || !lenient);
        bool isV2 = Begins(bytes, ProxyHeaderV2.Signature) && (allowV2 || !lenient);
        if (!isV1 && !isV2)
        {
            return ProxyHeaderStatus.NotFound;
        }

        if (bytes.Length < (isV1 ? ProxyHeaderV1.Signature : ProxyHeaderV2.Signature).Length)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        if (isV1 ? !allowV1 : !allowV2)
        {
            header = new ProxyHeader(isV1 ? 1 : 2, 0);
            return ProxyHeaderStatus.Disallowed;
        }

        return isV1 ? ProxyHeaderV1.Parse(bytes, out header) : ProxyHeaderV2.Parse(bytes, out header);
    }

    /// <summary>Whether it can be the address of one host: not any, all or many (Envoy asks the same).</summary>
    internal static bool IsUnicast(NetworkAddress address) => address.Kind switch
    {
        AddressKind.IPv4 => !address.IsAnyIp && address.IPv4Bits != uint.MaxValue && address.IPv4Bits >> 28 != 0xE,
        AddressKind.IPv6 => !address.IsAnyIp && address.IPv6High >> 56 != 0xFF,
        _ => false,
    };

    private static bool Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        int shared = Math.Min(bytes.Length, signature.Length);
        return bytes[..shared].SequenceEqual(signature[..shared]);
    }
}
