using BenchmarkDotNet.Attributes;
using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Benchmarks.Listeners;

/// <summary>The choice of a filter chain among one, a hundred and ten thousand, by server name and by destination prefix.</summary>
public class FilterChainMatchBenchmarks
{
    private FilterChainIndex _names = null!;
    private FilterChainIndex _wildcards = null!;
    private FilterChainIndex _prefixes = null!;
    private ConnectionInfo _named = null!;
    private ConnectionInfo _unknown = null!;

    /// <summary>Number of chains.</summary>
    [Params(1, 100, 10_000)]
    public int Chains { get; set; }

    /// <summary>The indexes, and a connection for a chain in the middle.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        int middle = Chains / 2;
        _names = Index(static i => new FilterChainMatchConfig { ServerNames = [$"service{i}.apps.example.com"], TransportProtocol = "tls" });
        _wildcards = Index(static i => new FilterChainMatchConfig { ServerNames = [$"*.service{i}.example.com"] });
        _prefixes = Index(static i => new FilterChainMatchConfig { Destinations = [Prefix(Address(i), 24)] });
        _named = Connection(Address(middle) + 7, $"service{middle}.apps.example.com");
        _unknown = Connection(Address(middle) + 7, $"www.eu.service{middle}.example.com");
        if (Name() != middle || Wildcard() != middle || DestinationPrefix() != middle)
        {
            throw new InvalidOperationException("an index does not know its chain");
        }
    }

    /// <summary>An exact server name and the transport protocol.</summary>
    [Benchmark]
    public int Name() => _names.Find(_named);

    /// <summary>A wildcard two labels up.</summary>
    [Benchmark]
    public int Wildcard() => _wildcards.Find(_unknown);

    /// <summary>A /24 around the destination.</summary>
    [Benchmark]
    public int DestinationPrefix() => _prefixes.Find(_named);

    private FilterChainIndex Index(Func<int, FilterChainMatchConfig> match)
    {
        var matches = new FilterChainMatchConfig[Chains];
        for (int i = 0; i < Chains; i++)
        {
            matches[i] = match(i);
        }

        return FilterChainIndex.Build(matches)!;
    }

    // Spread over 10.0.0.0/8 unevenly.
    private static uint Address(int i) => 0x0A00_0000 | ((uint)(i * 6) << 8);

    private static IpPrefix Prefix(uint address, int length) =>
        IpPrefix.TryCreate(NetworkAddress.FromIPv4(address, 0), length, out IpPrefix prefix) ? prefix : default;

    private static ConnectionInfo Connection(uint local, string name) =>
        new(NetworkAddress.FromIPv4(local, 443), NetworkAddress.FromIPv4(0xC000_0201, 40000)) { RequestedServerName = name, TransportProtocol = "tls" };
}
