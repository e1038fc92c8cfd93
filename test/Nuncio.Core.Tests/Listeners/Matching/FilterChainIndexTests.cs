using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;
using static Nuncio.Core.Tests.Listeners.Matching.Chains;

namespace Nuncio.Core.Tests.Listeners.Matching;

/// <summary>The order of the questions, what is most specific in each, and that there is no way back.</summary>
public sealed class FilterChainIndexTests
{
    [Fact]
    public void NoChains_GiveTheDefault() => Assert.Equal(FilterChainSelector.Default, Index().Find(Connection()));

    [Fact]
    public void ChainWithoutMatch_TakesEverything()
    {
        FilterChainIndex index = Index((FilterChainMatchConfig?)null);
        Assert.Equal(0, index.Find(Connection()));
        Assert.Equal(0, index.Find(new ConnectionInfo(NetworkAddress.FromPipe("/a"), NetworkAddress.UnnamedPipe)));
    }

    [Fact]
    public void DestinationPort_OfAChainHidesChainsOfAnyPort()
    {
        FilterChainIndex index = Index(
            new FilterChainMatchConfig { DestinationPort = 443, ServerNames = ["a.com"] },
            Names("b.com"));
        Assert.Equal(0, index.Find(Connection(name: "a.com")));
        Assert.Equal(1, index.Find(Connection(localPort: 80, name: "b.com")));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection(localPort: 443, name: "b.com")));
    }

    [Fact]
    public void DestinationPort_IsThatOfTheRestoredAddress()
    {
        FilterChainIndex index = Index(new FilterChainMatchConfig { DestinationPort = 8443 });
        ConnectionInfo info = Connection(localPort: 15001);
        Assert.Equal(FilterChainSelector.Default, index.Find(info));
        info.LocalAddress = Ip("10.9.9.9", 8443);
        Assert.Equal(0, index.Find(info));
    }

    [Fact]
    public void LongestDestinationPrefix_Wins()
    {
        FilterChainIndex index = Index(To("10.0.0.0/8"), To("10.1.0.0/16", "2001:db8::/32"), To("10.1.1.1/32"), To("0.0.0.0/0"));
        Assert.Equal(0, index.Find(Connection("10.2.0.1")));
        Assert.Equal(1, index.Find(Connection("10.1.2.3")));
        Assert.Equal(2, index.Find(Connection("10.1.1.1")));
        Assert.Equal(3, index.Find(Connection("11.0.0.1")));
        Assert.Equal(1, index.Find(Connection("2001:db8::5")));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection("2001:db9::5")));
    }

    [Fact]
    public void PrefixOfEverything_IsMoreThanNone()
    {
        FilterChainIndex index = Index(null, To("0.0.0.0/0"));
        Assert.Equal(1, index.Find(Connection()));
        Assert.Equal(0, index.Find(Connection("::1")));
    }

    [Fact]
    public void Pipe_CountsAsTheBroadcastAddress()
    {
        FilterChainIndex index = Index(To("10.0.0.0/8"), To("255.0.0.0/8"), null);
        Assert.Equal(1, index.Find(new ConnectionInfo(NetworkAddress.FromPipe("/a"), NetworkAddress.UnnamedPipe)));
        Assert.Equal(2, Index(To("10.0.0.0/8"), To("11.0.0.0/8"), null).Find(new ConnectionInfo(NetworkAddress.FromPipe("/a"), NetworkAddress.UnnamedPipe)));
    }

    [Theory]
    [InlineData("www.example.com", 0)]
    [InlineData("a.example.com", 1)]
    [InlineData("a.b.example.com", 1)]
    [InlineData("example.com", 2)]
    [InlineData("a.com", 2)]
    [InlineData("example.org", 3)]
    [InlineData("", 3)]
    [InlineData(".com", 2)] // an exact look-up finds what stands for the wildcard, as in Envoy
    [InlineData("com", 3)]
    [InlineData("com.", 3)]
    [InlineData("a.com.", 3)]
    [InlineData("..com", 2)]
    [InlineData(".", 3)]
    public void ServerName_ThenLongestWildcard_ThenNone(string name, int chain) => Assert.Equal(
        chain, Index(Names("www.example.com"), Names("*.example.com"), Names("*.com"), null).Find(Connection(name: name)));

    [Fact]
    public void EmptyServerName_IsNone() => Assert.Equal(0, Index(Names("", "a.com")).Find(Connection(name: "b.com")));

    [Fact]
    public void TransportProtocol_IsRawBufferUnlessDetected()
    {
        FilterChainIndex index = Index(
            new FilterChainMatchConfig { TransportProtocol = "tls" }, new FilterChainMatchConfig { TransportProtocol = "raw_buffer" }, null);
        ConnectionInfo info = Connection();
        Assert.Equal(1, index.Find(info));
        info.TransportProtocol = "tls";
        Assert.Equal(0, index.Find(info));
        info.TransportProtocol = "quic";
        Assert.Equal(2, index.Find(info));
    }

    [Fact]
    public void ApplicationProtocol_IsTheFirstOfTheClientsThatAChainNames()
    {
        FilterChainIndex index = Index(
            new FilterChainMatchConfig { ApplicationProtocols = ["http/1.1"] }, new FilterChainMatchConfig { ApplicationProtocols = ["h2", "h2c"] }, null);
        Assert.Equal(0, index.Find(Connection(protocols: ["spdy", "http/1.1", "h2"])));
        Assert.Equal(1, index.Find(Connection(protocols: ["h2", "http/1.1"])));
        Assert.Equal(2, index.Find(Connection(protocols: ["spdy"])));
        Assert.Equal(2, index.Find(Connection()));
    }

    [Fact]
    public void ManyProtocols_AreFoundAmongAll()
    {
        FilterChainIndex index = Index([.. Enumerable.Range(0, 20).Select(i => new FilterChainMatchConfig { ApplicationProtocols = [$"p{i}"] })]);
        Assert.Equal(17, index.Find(Connection(protocols: ["x", "p17"])));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection(protocols: ["x"])));
    }

    [Fact]
    public void DirectSource_ComesBeforeTheRestoredOne()
    {
        FilterChainIndex index = Index(
            new FilterChainMatchConfig { DirectSources = Prefixes("192.0.2.0/24") },
            new FilterChainMatchConfig { Sources = Prefixes("198.51.100.1/32") });
        ConnectionInfo info = Connection();
        info.RemoteAddress = Ip("198.51.100.1", 7);
        Assert.Equal(0, index.Find(info));

        info = Connection(remote: "203.0.113.1");
        info.RemoteAddress = Ip("198.51.100.1", 7);
        Assert.Equal(1, index.Find(info));
    }

    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("127.0.0.2", 1)]
    [InlineData("::1", 0)]
    [InlineData("10.0.0.1", 0)]
    [InlineData("10.0.0.2", 1)]
    public void SourceType_IsLocalForLoopbackAndTheSameAddress(string remote, int chain) => Assert.Equal(
        chain,
        Index(
            new FilterChainMatchConfig { SourceType = FilterChainSourceType.SameIpOrLoopback },
            new FilterChainMatchConfig { SourceType = FilterChainSourceType.External },
            null).Find(Connection(remote: remote)));

    [Fact]
    public void SourceType_OfAPipeIsLocal() => Assert.Equal(
        0,
        Index(new FilterChainMatchConfig { SourceType = FilterChainSourceType.SameIpOrLoopback }, null)
            .Find(new ConnectionInfo(NetworkAddress.FromPipe("/a"), NetworkAddress.UnnamedPipe)));

    [Fact]
    public void Source_ThenItsPort()
    {
        FilterChainIndex index = Index(
            new FilterChainMatchConfig { Sources = Prefixes("192.0.2.0/24"), SourcePorts = [1000, 1001] },
            new FilterChainMatchConfig { Sources = Prefixes("192.0.2.0/24") },
            new FilterChainMatchConfig { Sources = Prefixes("192.0.0.0/16"), SourcePorts = [40000] });
        Assert.Equal(0, index.Find(Connection(remotePort: 1001)));
        Assert.Equal(1, index.Find(Connection()));
        Assert.Equal(2, index.Find(Connection(remote: "192.0.3.1")));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection(remote: "192.0.3.1", remotePort: 1)));
    }

    [Fact]
    public void MoreSpecificAnswer_IsNotGivenUpLater()
    {
        // The prefix of the second is longer; that its name is not asked for leads to nothing, not back to the first.
        FilterChainIndex index = Index(To("10.0.0.0/8"), To("10.0.0.0/16") with { ServerNames = ["a.com"] });
        Assert.Equal(1, index.Find(Connection(name: "a.com")));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection(name: "b.com")));
    }

    [Fact]
    public void OverlappingLists_AreToldWithBothChains()
    {
        var overlaps = new List<FilterChainOverlap>();
        FilterChainIndex.Build([Names("a.com", "b.com"), Names("c.com"), Names("b.com", "c.com")], overlaps);
        Assert.Equal([new FilterChainOverlap(0, 2), new FilterChainOverlap(1, 2)], overlaps);
    }

    [Fact]
    public void ValueTwiceInAList_IsAnOverlapOfOneChain()
    {
        var overlaps = new List<FilterChainOverlap>();
        FilterChainIndex.Build([null, Names("a.com", "a.com"), To("10.0.0.1/8", "10.9.0.0/8")], overlaps);
        Assert.Equal([new FilterChainOverlap(1, 1), new FilterChainOverlap(2, 2)], overlaps.OrderBy(o => o.First));
    }

    [Fact]
    public void ListsThatMultiply_AreRefusedOrShared()
    {
        // One chain: a thousand answers to each question, all with the same behind them.
        int[] numbers = [.. Enumerable.Range(1, 1000)];
        var match = new FilterChainMatchConfig
        {
            Destinations = [.. numbers.Select(i => Prefix($"10.{i / 256}.{i % 256}.0/24"))],
            ServerNames = [.. numbers.Select(i => $"n{i}.com")],
            ApplicationProtocols = [.. numbers.Select(i => $"p{i}")],
            Sources = [.. numbers.Select(i => Prefix($"11.{i / 256}.{i % 256}.0/24"))],
            SourcePorts = numbers,
        };
        FilterChainIndex index = Index(match, null);
        ConnectionInfo info = Connection("10.0.7.1", name: "n9.com", remote: "11.0.3.4", remotePort: 5, protocols: ["p77"]);
        Assert.Equal(0, index.Find(info));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection("10.0.7.1")));
    }

    [Fact]
    public void HundredThousandNames_BuildFastAndAreFound()
    {
        var matches = new FilterChainMatchConfig?[100_000];
        for (int i = 0; i < matches.Length; i++)
        {
            matches[i] = Names($"host{i}.example.com");
        }

        long before = System.Diagnostics.Stopwatch.GetTimestamp();
        FilterChainIndex index = Index(matches);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(before).TotalSeconds, 0, 5);
        Assert.Equal(77_777, index.Find(Connection(name: "host77777.example.com")));
        Assert.Equal(FilterChainSelector.Default, index.Find(Connection(name: "host100000.example.com")));
    }

    [Fact]
    public void Search_AllocatesNothing()
    {
        FilterChainIndex index = Index(
            To("10.0.0.0/8") with
            {
                DestinationPort = 443, ServerNames = ["*.example.com"], TransportProtocol = "raw_buffer", ApplicationProtocols = ["h2"],
                DirectSources = Prefixes("192.0.2.0/24"), SourceType = FilterChainSourceType.External, Sources = Prefixes("192.0.0.0/8"), SourcePorts = [40000],
            },
            To("2001:db8::/32"));
        ConnectionInfo info = Connection(name: "a.b.example.com", protocols: ["spdy", "h2"]);
        int found = index.Find(info);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            found += index.Find(info);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, found);
    }
}
