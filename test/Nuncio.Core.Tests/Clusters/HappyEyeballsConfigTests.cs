using Nuncio.Core.Clusters;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Clusters;

public sealed class HappyEyeballsConfigTests
{
    [Theory]
    [InlineData("6a 6b 4a 4b", null, 1, "6a 4a 6b 4b")]
    [InlineData("4a 4b 6a", null, 1, "4a 6a 4b")]
    [InlineData("4a 4b 6a", AddressKind.IPv6, 1, "6a 4a 4b")]
    [InlineData("6a 6b 6c 4a 4b 6d", null, 3, "6a 6b 6c 4a 6d 4b")]
    [InlineData("6a 4a", AddressKind.IPv4, 2, "4a 6a")]
    [InlineData("4a 4b", AddressKind.IPv6, 2, "4a 4b")]
    [InlineData("4a", AddressKind.IPv6, 1, "4a")]
    public void Families_TakeTurns(string given, AddressKind? first, int count, string expected)
    {
        HappyEyeballsConfig config = new() { FirstFamily = first, FirstFamilyCount = count };
        NetworkAddress[] ordered = config.Order([.. given.Split(' ').Select(Parse)]);
        Assert.Equal(expected.Split(' ').Select(Parse), ordered);
    }

    private static NetworkAddress Parse(string name) =>
        SimulatedNetwork.Parse(name[0] == '6' ? $"[2001:db8::{name[1]}]:80" : $"10.0.0.{name[1] - 'a' + 1}:80");
}
