using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching;

/// <summary>
/// Finds the longest of many IP prefixes that hold an address, and from it the shorter ones around it. Immutable; any thread.
/// </summary>
/// <remarks>
/// Nested prefixes are cut into disjoint ranges (<see cref="IpRanges{TNumber}"/>), so that a search is one table look-up and a
/// short binary search, whatever the number of prefixes. Where a prefix is given twice, the earlier one is the inner one.
/// </remarks>
public sealed class IpPrefixMap
{
    /// <summary>What <see cref="Find"/> and <see cref="Around"/> say when there is none.</summary>
    public const int None = -1;

    private readonly IpPrefix[] _prefixes;
    private readonly int[] _around;
    private readonly IpRanges<uint>? _ipv4;
    private readonly IpRanges<UInt128>? _ipv6;

    /// <summary>A map of these prefixes; a prefix is known by its place in the list.</summary>
    public IpPrefixMap(IReadOnlyList<IpPrefix> prefixes)
    {
        _prefixes = [.. prefixes];
        _around = new int[_prefixes.Length];
        Array.Fill(_around, None);
        int[] ipv4 = Sorted(isIPv6: false);
        int[] ipv6 = Sorted(isIPv6: true);
        _ipv4 = ipv4.Length == 0 ? null : new IpRanges<uint>(_prefixes, ipv4, _around);
        _ipv6 = ipv6.Length == 0 ? null : new IpRanges<UInt128>(_prefixes, ipv6, _around);
    }

    /// <summary>Number of prefixes.</summary>
    public int Count => _prefixes.Length;

    /// <summary>The prefix at a place.</summary>
    public IpPrefix this[int place] => _prefixes[place];

    /// <summary>The place of the longest prefix that holds the address, or <see cref="None"/>; always that for a pipe.</summary>
    public int Find(NetworkAddress address) => address.Kind switch
    {
        AddressKind.IPv4 => _ipv4 is null ? None : _ipv4.Find(address.IPv4Bits),
        AddressKind.IPv6 => _ipv6 is null ? None : _ipv6.Find(new UInt128(address.IPv6High, address.IPv6Low)),
        _ => None,
    };

    /// <summary>The place of the next shorter prefix around the one at <paramref name="place"/>, or <see cref="None"/>.</summary>
    public int Around(int place) => _around[place];

    /// <summary>Places of a family's prefixes, outer before inner, from the lowest address on.</summary>
    private int[] Sorted(bool isIPv6)
    {
        var places = new List<int>();
        for (int i = 0; i < _prefixes.Length; i++)
        {
            if (_prefixes[i].IsIPv6 == isIPv6)
            {
                places.Add(i);
            }
        }

        places.Sort((a, b) =>
        {
            int order = _prefixes[a].First.CompareTo(_prefixes[b].First);
            order = order != 0 ? order : _prefixes[a].Length.CompareTo(_prefixes[b].Length);
            return order != 0 ? order : b.CompareTo(a);
        });
        return [.. places];
    }
}
