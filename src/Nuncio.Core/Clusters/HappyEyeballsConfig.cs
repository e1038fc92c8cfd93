using Nuncio.IO.Sockets;

namespace Nuncio.Core.Clusters;

/// <summary>
/// In which order the addresses of one host are tried: families in turn, so that one that does not work here costs one attempt
/// (RFC 8305, section 4; Envoy: <c>HappyEyeballsConfig</c>). Immutable, any thread; made by Config.
/// </summary>
public sealed record HappyEyeballsConfig
{
    /// <summary>Family that is tried first; null is that of the host's first address. Envoy: <c>first_address_family_version</c>.</summary>
    public AddressKind? FirstFamily { get; init; }

    /// <summary>Addresses of it before each one of the other; default 1. Envoy: <c>first_address_family_count</c>.</summary>
    public int FirstFamilyCount { get; init; } = 1;

    /// <summary>The addresses in that order; within a family it stays.</summary>
    public NetworkAddress[] Order(NetworkAddress[] addresses)
    {
        if (addresses.Length == 1)
        {
            return addresses;
        }

        AddressKind family = FirstFamily ?? addresses[0].Kind;
        var ordered = new NetworkAddress[addresses.Length];
        int first = Next(addresses, 0, family, isFirst: true);
        int other = Next(addresses, 0, family, isFirst: false);
        int count = 0;
        while (count < ordered.Length)
        {
            for (int i = 0; i < FirstFamilyCount && first < addresses.Length; i++)
            {
                ordered[count++] = addresses[first];
                first = Next(addresses, first + 1, family, isFirst: true);
            }

            if (other < addresses.Length)
            {
                ordered[count++] = addresses[other];
                other = Next(addresses, other + 1, family, isFirst: false);
            }
        }

        return ordered;
    }

    private static int Next(NetworkAddress[] addresses, int from, AddressKind family, bool isFirst)
    {
        while (from < addresses.Length && (addresses[from].Kind == family) != isFirst)
        {
            from++;
        }

        return from;
    }
}
