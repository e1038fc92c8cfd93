using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Listeners.Matching;

/// <summary>Connections and matches for tests of filter chain matching.</summary>
internal static class Chains
{
    internal static FilterChainIndex Index(params FilterChainMatchConfig?[] matches)
    {
        var overlaps = new List<FilterChainOverlap>();
        FilterChainIndex index = FilterChainIndex.Build(matches, overlaps)!;
        Assert.Empty(overlaps);
        return index;
    }

    internal static FilterChainMatchConfig Names(params string[] names) => new() { ServerNames = names };

    internal static FilterChainMatchConfig To(params string[] prefixes) => new() { Destinations = Prefixes(prefixes) };

    internal static IpPrefix[] Prefixes(params string[] prefixes) => [.. prefixes.Select(Prefix)];

    internal static IpPrefix Prefix(string text)
    {
        string[] parts = text.Split('/');
        Assert.True(IpPrefix.TryCreate(Ip(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), out IpPrefix prefix));
        return prefix;
    }

    internal static NetworkAddress Ip(string text, int port = 0)
    {
        Assert.True(NetworkAddress.TryParseIp(text, port, out NetworkAddress? address), text);
        return address!;
    }

    /// <summary>From 192.0.2.7:40000 to 10.0.0.1:443, plain.</summary>
    internal static ConnectionInfo Connection(
        string local = "10.0.0.1", int localPort = 443, string remote = "192.0.2.7", int remotePort = 40000, string name = "", string[]? protocols = null) =>
        new(Ip(local, localPort), Ip(remote, remotePort)) { RequestedServerName = name, ApplicationProtocols = protocols ?? [] };
}
