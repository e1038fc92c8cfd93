using System.Text;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Routing;

/// <summary>
/// Finds a virtual host by the authority: an exact domain, else the longest <c>*.suffix</c>, else the longest <c>prefix.*</c>,
/// else <c>*</c>; letters of any case. Envoy: route.v3.VirtualHost.domains. Built with its table; any thread afterwards.
/// </summary>
/// <remarks>
/// A wildcard stands for one byte at least. Cost: one look-up for the exact domain and one for each length of wildcard that is
/// configured, none of them over more bytes of the authority than the longest domain has.
/// </remarks>
internal sealed class VirtualHostIndex
{
    /// <summary>Domains up to this length are compared in lower case on the stack; longer ones are refused when configured.</summary>
    internal const int MaxDomainLength = 512;

    private readonly ByteMap<VirtualHost> _exact;
    private readonly Wildcards[] _suffixes;
    private readonly Wildcards[] _prefixes;
    private readonly VirtualHost? _default;
    private readonly int _maxLength;
    private readonly bool _isTrivial;

    internal VirtualHostIndex(IReadOnlyList<VirtualHost> hosts)
    {
        var exact = new List<(byte[] Domain, VirtualHost Host)>();
        var suffixes = new SortedDictionary<int, List<(byte[] Text, VirtualHost Host)>>();
        var prefixes = new SortedDictionary<int, List<(byte[] Text, VirtualHost Host)>>();
        foreach (VirtualHost host in hosts)
        {
            foreach (string domain in host.Domains)
            {
                byte[] text = AsciiCase.ToLower(Encoding.UTF8.GetBytes(domain));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxDomainLength);
                _maxLength = Math.Max(_maxLength, text.Length);
                if (domain == "*")
                {
                    _default ??= host;
                }
                else if (domain.StartsWith('*'))
                {
                    AddWildcard(suffixes, text[1..], host);
                }
                else if (domain.EndsWith('*'))
                {
                    AddWildcard(prefixes, text[..^1], host);
                }
                else
                {
                    exact.Add((text, host));
                }
            }
        }

        _exact = Map(exact);
        _suffixes = LongestFirst(suffixes);
        _prefixes = LongestFirst(prefixes);
        _isTrivial = exact.Count == 0 && _suffixes.Length == 0 && _prefixes.Length == 0;
    }

    /// <summary>The virtual host of an authority; null when none is meant for it.</summary>
    internal VirtualHost? Find(ReadOnlySpan<byte> authority, bool hasAuthority, bool ignorePort)
    {
        if (_isTrivial)
        {
            return _default;
        }

        if (!hasAuthority)
        {
            return null;
        }

        if (ignorePort)
        {
            authority = WithoutPort(authority);
        }

        return FindDomain(authority) ?? _default;
    }

    private VirtualHost? FindDomain(ReadOnlySpan<byte> authority)
    {
        // A wildcard needs a byte more than its text, so nothing longer than the longest domain can tell two authorities apart
        // except by its ends.
        Span<byte> room = stackalloc byte[MaxDomainLength];
        int length = Math.Min(authority.Length, _maxLength);
        Span<byte> lower = room[..length];
        AsciiCase.Lower(authority[..length], lower);
        if (authority.Length <= _maxLength && _exact.Find(lower) is { } exact)
        {
            return exact;
        }

        if (_suffixes.Length > 0)
        {
            Span<byte> tailRoom = stackalloc byte[MaxDomainLength];
            Span<byte> tail = tailRoom[..length];
            AsciiCase.Lower(authority[^length..], tail);
            foreach (Wildcards wildcards in _suffixes)
            {
                if (wildcards.Length < authority.Length && wildcards.Hosts.Find(tail[^wildcards.Length..]) is { } host)
                {
                    return host;
                }
            }
        }

        foreach (Wildcards wildcards in _prefixes)
        {
            if (wildcards.Length < authority.Length && wildcards.Hosts.Find(lower[..wildcards.Length]) is { } host)
            {
                return host;
            }
        }

        return null;
    }

    /// <summary>The authority without what follows its last colon, unless that colon is inside the brackets of an IPv6 address.</summary>
    internal static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        return colon < 0 || authority.LastIndexOf((byte)']') > colon ? authority : authority[..colon];
    }

    private static void AddWildcard(SortedDictionary<int, List<(byte[] Text, VirtualHost Host)>> all, byte[] text, VirtualHost host)
    {
        if (!all.TryGetValue(text.Length, out List<(byte[] Text, VirtualHost Host)>? same))
        {
            all.Add(text.Length, same = []);
        }

        same.Add((text, host));
    }

    private static ByteMap<VirtualHost> Map(List<(byte[] Text, VirtualHost Host)> domains)
    {
        var map = new ByteMap<VirtualHost>(domains.Count);
        foreach ((byte[] text, VirtualHost host) in domains)
        {
            map.TryAdd(text, host);
        }

        return map;
    }

    private static Wildcards[] LongestFirst(SortedDictionary<int, List<(byte[] Text, VirtualHost Host)>> all)
    {
        var groups = new List<Wildcards>(all.Count);
        foreach ((int length, List<(byte[] Text, VirtualHost Host)> domains) in all)
        {
            groups.Add(new Wildcards(length, Map(domains)));
        }

        groups.Reverse();
        return [.. groups];
    }

    private sealed record Wildcards(int Length, ByteMap<VirtualHost> Hosts);
}
