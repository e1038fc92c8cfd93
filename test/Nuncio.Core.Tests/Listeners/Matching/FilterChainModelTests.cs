using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;
using static Nuncio.Core.Tests.Listeners.Matching.Chains;

namespace Nuncio.Core.Tests.Listeners.Matching;

/// <summary>The compiled index against the rules told plainly: at each question keep the chains with the most specific answer.</summary>
public sealed class FilterChainModelTests
{
    private static readonly string[] s_prefixes = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "0.0.0.0/0", "2001:db8::/32", "2001:db8:1::/48"];
    private static readonly string[] s_addresses = ["10.1.1.1", "10.1.2.1", "10.2.0.1", "11.0.0.1", "127.0.0.1", "2001:db8:1::1", "2001:db8::1", "::1"];
    private static readonly string[] s_names = ["a.x.com", "*.x.com", "*.com", "b.com"];
    private static readonly string[] s_asked = ["", "a.x.com", "b.x.com", "b.com", "c.com", "org", "a.a.x.com"];
    private static readonly string[] s_protocols = ["h2", "http/1.1"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomChains_AreFoundAsTheRulesSay(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            FilterChainMatchConfig[] chains = WithoutOverlaps([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Chain(random))]);
            FilterChainIndex index = Index(chains);
            for (int i = 0; i < 50; i++)
            {
                ConnectionInfo info = Client(random);
                Assert.Equal(Expected(chains, info), index.Find(info));
            }
        }
    }

    private static FilterChainMatchConfig[] WithoutOverlaps(FilterChainMatchConfig[] chains)
    {
        var overlaps = new List<FilterChainOverlap>();
        FilterChainIndex.Build(chains, overlaps);
        return [.. chains.Where((_, i) => !overlaps.Any(o => o.Second == i))];
    }

    private static int Expected(FilterChainMatchConfig[] chains, ConnectionInfo info)
    {
        List<int> left = [.. Enumerable.Range(0, chains.Length)];
        left = Keep(left, c => chains[c].DestinationPort is { } port ? port == info.LocalAddress.Port ? 1 : null : 0);
        left = Keep(left, c => Longest(chains[c].Destinations, info.LocalAddress));
        left = Keep(left, c => Name(chains[c].ServerNames, info.RequestedServerName));
        left = Keep(left, c => chains[c].TransportProtocol.Length == 0 ? 0 : chains[c].TransportProtocol == Or(info.TransportProtocol, "raw_buffer") ? 1 : null);
        left = Keep(left, c => Protocol(chains[c].ApplicationProtocols, info.ApplicationProtocols));
        left = Keep(left, c => Longest(chains[c].DirectSources, info.DirectRemoteAddress));
        left = Keep(left, c => chains[c].SourceType == FilterChainSourceType.Any ? 0
            : (chains[c].SourceType == FilterChainSourceType.SameIpOrLoopback) == ConnectionSource.IsLocal(info) ? 1 : null);
        left = Keep(left, c => Longest(chains[c].Sources, info.RemoteAddress));
        left = Keep(left, c => chains[c].SourcePorts.Count == 0 ? 0 : chains[c].SourcePorts.Contains(info.RemoteAddress.Port) ? 1 : null);
        return left.Count == 0 ? FilterChainSelector.Default : Assert.Single(left);
    }

    /// <summary>Those whose answer weighs most; null is no answer for this connection.</summary>
    private static List<int> Keep(List<int> chains, Func<int, int?> weigh)
    {
        int? most = chains.Select(weigh).Max();
        return most is null ? [] : [.. chains.Where(c => weigh(c) == most)];
    }

    private static int? Longest(IReadOnlyList<IpPrefix> prefixes, NetworkAddress address) =>
        prefixes.Count == 0 ? 0 : prefixes.Where(p => p.Contains(address)).Select(p => (int?)p.Length + 1).Max();

    private static int? Name(IReadOnlyList<string> names, string asked) =>
        names.Count == 0 ? 0 : names.Select(n => n == asked ? 1000 : n.StartsWith("*.", StringComparison.Ordinal) && asked.EndsWith(n[1..], StringComparison.Ordinal) ? n.Length : (int?)null).Max();

    private static int? Protocol(IReadOnlyList<string> wanted, IReadOnlyList<string> offered) =>
        wanted.Count == 0 ? 0 : offered.Select((p, i) => wanted.Contains(p) ? 100 - i : (int?)null).Max();

    private static string Or(string text, string otherwise) => text.Length == 0 ? otherwise : text;

    private static FilterChainMatchConfig Chain(Random random) => new()
    {
        DestinationPort = random.Next(4) == 0 ? random.Next(443, 445) : null,
        Destinations = random.Next(2) == 0 ? Some(random, Prefixes(s_prefixes)) : [],
        ServerNames = random.Next(2) == 0 ? Some(random, s_names) : [],
        TransportProtocol = random.Next(4) == 0 ? "tls" : "",
        ApplicationProtocols = random.Next(3) == 0 ? Some(random, s_protocols) : [],
        DirectSources = random.Next(4) == 0 ? Some(random, Prefixes(s_prefixes)) : [],
        SourceType = (FilterChainSourceType)(random.Next(2) * random.Next(3)),
        Sources = random.Next(4) == 0 ? Some(random, Prefixes(s_prefixes)) : [],
        SourcePorts = random.Next(4) == 0 ? Some(random, new[] { 1000, 1001 }) : [],
    };

    private static T[] Some<T>(Random random, T[] all)
    {
        random.Shuffle(all = [.. all]);
        return all[..random.Next(1, Math.Min(3, all.Length) + 1)];
    }

    private static ConnectionInfo Client(Random random)
    {
        ConnectionInfo info = Connection(
            Pick(random, s_addresses), random.Next(442, 446), Pick(random, s_addresses), random.Next(1000, 1003), Pick(random, s_asked),
            random.Next(2) == 0 ? [] : random.Next(2) == 0 ? ["h2", "http/1.1"] : ["x", "http/1.1"]);
        info.TransportProtocol = random.Next(2) == 0 ? "tls" : "";
        if (random.Next(2) == 0)
        {
            info.RemoteAddress = Ip(Pick(random, s_addresses), random.Next(1000, 1003));
        }

        return info;
    }

    private static string Pick(Random random, string[] all) => all[random.Next(all.Length)];
}
