using BenchmarkDotNet.Attributes;
using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.InputMatchers;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Benchmarks.Listeners;

/// <summary>Unified matchers over a connection: a list of one, a map of ten thousand names, a trie of ten thousand prefixes.</summary>
public class MatchTreeBenchmarks
{
    private MatchTree<ConnectionInfo, string> _list = null!;
    private MatchTree<ConnectionInfo, string> _map = null!;
    private MatchTree<ConnectionInfo, string> _ranges = null!;
    private ConnectionInfo _info = null!;

    /// <summary>The trees.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var name = new ConnectionInput(ConnectionInputKind.ServerName);
        var names = new List<KeyValuePair<string, OnMatch<ConnectionInfo, string>>>();
        var ranges = new List<(IpPrefix, OnMatch<ConnectionInfo, string>, bool)>();
        for (int i = 0; i < 10_000; i++)
        {
            names.Add(new($"service{i}.example.com", new OnMatch<ConnectionInfo, string>("yes")));
            IpPrefix.TryCreate(NetworkAddress.FromIPv4(0x0A00_0000 | ((uint)i << 8), 0), 24, out IpPrefix prefix);
            ranges.Add((prefix, new OnMatch<ConnectionInfo, string>("yes"), false));
        }

        var test = new SingleFieldMatcher<ConnectionInfo>(name, new StringInputMatcher(new StringMatcher(StringMatchKind.Suffix, ".example.com")));
        _list = new ListTree<ConnectionInfo, string>([(test, new OnMatch<ConnectionInfo, string>("yes"))], null);
        _map = new ExactTree<ConnectionInfo, string>(name, names, null);
        _ranges = new IpTree<ConnectionInfo, string>(new ConnectionInput(ConnectionInputKind.DestinationIp), ranges, null);
        _info = new ConnectionInfo(NetworkAddress.FromIPv4(0x0A00_7007, 443), NetworkAddress.FromIPv4(0xC000_0201, 40000)) { RequestedServerName = "service5000.example.com" };
        if (!List() || !Map() || !Ranges())
        {
            throw new InvalidOperationException("a tree does not know the connection");
        }
    }

    /// <summary>A suffix of the server name.</summary>
    [Benchmark]
    public bool List() => _list.Match(in _info, out _) == MatchOutcome.Matched;

    /// <summary>The server name in a map.</summary>
    [Benchmark]
    public bool Map() => _map.Match(in _info, out _) == MatchOutcome.Matched;

    /// <summary>The destination in a trie.</summary>
    [Benchmark]
    public bool Ranges() => _ranges.Match(in _info, out _) == MatchOutcome.Matched;
}
