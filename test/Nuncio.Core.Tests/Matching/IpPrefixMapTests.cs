using Nuncio.Core.Matching;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Matching;

/// <summary>The cut-up address space against looking at every prefix.</summary>
public sealed class IpPrefixMapTests
{
    [Fact]
    public void Spellings_OfOneBlockAreEqual()
    {
        Assert.Equal(Prefix("10.1.2.3", 8), Prefix("10.0.0.0", 8));
        Assert.Equal("10.0.0.0/8", Prefix("10.1.2.3", 8).ToString());
        Assert.Equal("2001:db8::/32", Prefix("2001:db8::1", 32).ToString());
        Assert.Equal(32, Prefix("10.1.2.3", 128).Length);
        Assert.NotEqual(Prefix("0.0.0.0", 0), Prefix("::", 0));
    }

    [Fact]
    public void Pipe_IsInNoPrefix()
    {
        Assert.False(IpPrefix.TryCreate(NetworkAddress.UnnamedPipe, 0, out _));
        Assert.Equal(IpPrefixMap.None, new IpPrefixMap([Prefix("0.0.0.0", 0)]).Find(NetworkAddress.UnnamedPipe));
    }

    [Fact]
    public void EndsOfTheAddressSpace_AreIn()
    {
        var map = new IpPrefixMap([Prefix("255.255.255.255", 32), Prefix("0.0.0.0", 32), Prefix("::", 128), Prefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128), Prefix("::", 0)]);
        Assert.Equal(0, map.Find(Ip("255.255.255.255")));
        Assert.Equal(IpPrefixMap.None, map.Find(Ip("255.255.255.254")));
        Assert.Equal(1, map.Find(Ip("0.0.0.0")));
        Assert.Equal(IpPrefixMap.None, map.Find(Ip("0.0.0.1")));
        Assert.Equal(2, map.Find(Ip("::")));
        Assert.Equal(3, map.Find(Ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        Assert.Equal(4, map.Find(Ip("::1")));
    }

    [Fact]
    public void SamePrefixTwice_FindsTheEarlierThenTheLater()
    {
        var map = new IpPrefixMap([Prefix("10.0.0.0", 8), Prefix("10.1.0.0", 16), Prefix("10.1.0.0", 16)]);
        int place = map.Find(Ip("10.1.2.3"));
        Assert.Equal(1, place);
        Assert.Equal(2, map.Around(1));
        Assert.Equal(0, map.Around(2));
        Assert.Equal(IpPrefixMap.None, map.Around(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(5000)]
    public void RandomPrefixes_AreFoundAsByLookingAtAll(int count)
    {
        var random = new Random(count);
        for (int round = 0; round < Math.Max(1, 200 / count); round++)
        {
            IpPrefix[] prefixes = [.. Enumerable.Range(0, count).Select(_ => RandomPrefix(random)).Distinct()];
            var map = new IpPrefixMap(prefixes);
            for (int i = 0; i < 200; i++)
            {
                NetworkAddress address = i % 2 == 0 ? RandomAddress(random) : First(prefixes[random.Next(prefixes.Length)]);
                int[] around = [.. Enumerable.Range(0, prefixes.Length).Where(p => prefixes[p].Contains(address)).OrderByDescending(p => prefixes[p].Length)];
                var found = new List<int>();
                for (int place = map.Find(address); place != IpPrefixMap.None; place = map.Around(place))
                {
                    found.Add(place);
                }

                Assert.Equal(around, found);
            }
        }
    }

    private static NetworkAddress First(IpPrefix prefix) => prefix.IsIPv6
        ? NetworkAddress.FromIPv6((ulong)(prefix.First >> 64), (ulong)prefix.First, 0)
        : NetworkAddress.FromIPv4((uint)prefix.First, 0);

    // Few bits, so that prefixes nest and addresses hit.
    private static NetworkAddress RandomAddress(Random random) => random.Next(2) == 0
        ? NetworkAddress.FromIPv4((uint)random.Next(0, 1 << 12) << 20 | (uint)random.Next(4), 0)
        : NetworkAddress.FromIPv6(0x20010DB8_00000000UL | (uint)random.Next(0, 1 << 10), (ulong)random.Next(4) << 62, 0);

    private static IpPrefix RandomPrefix(Random random)
    {
        Assert.True(IpPrefix.TryCreate(RandomAddress(random), random.Next(0, 129), out IpPrefix prefix));
        return prefix;
    }

    private static IpPrefix Prefix(string text, int length)
    {
        Assert.True(IpPrefix.TryCreate(Ip(text), length, out IpPrefix prefix));
        return prefix;
    }

    private static NetworkAddress Ip(string text)
    {
        Assert.True(NetworkAddress.TryParseIp(text, 0, out NetworkAddress? address));
        return address!;
    }
}
