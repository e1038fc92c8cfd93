using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Which virtual host an authority leads to.</summary>
public sealed class VirtualHostSearchTests
{
    [Theory]
    [InlineData("www.foo.com", "www.foo.com")]
    [InlineData("WWW.Foo.COM", "www.foo.com")]
    [InlineData("bar.foo.com", "*.foo.com")]
    [InlineData("foo-bar.foo.com", "*-bar.foo.com")]
    [InlineData("a.b.foo.com", "*.foo.com")]
    [InlineData(".foo.com", null)]
    [InlineData("foo.com", "foo.*")]
    [InlineData("bar.com", null)]
    [InlineData("foo.net", "foo.*")]
    [InlineData("foo.bar.net", "foo.bar.*")]
    [InlineData("foo.", null)]
    [InlineData("", null)]
    [InlineData("www.foo.com:8080", null)]
    [InlineData("[::1]", "[::1]")]
    public void Authority_FindsExactThenLongestSuffixThenLongestPrefix(string authority, string? expected)
    {
        RouteTable table = TestRoutes.Domains("*.foo.com", "*-bar.foo.com", "www.foo.com", "foo.*", "foo.bar.*", "[::1]");
        Assert.Equal(expected, table.FindVirtualHost(new TestRequest(authority).Input)?.Name);
    }

    [Fact]
    public void SuffixAndPrefixBothFit_SuffixWins()
    {
        RouteTable table = TestRoutes.Domains("foo.long-prefix.*", "*.com");
        Assert.Equal("*.com", table.FindVirtualHost(new TestRequest("foo.long-prefix.com").Input)?.Name);
    }

    [Fact]
    public void NothingFits_DefaultIsTaken()
    {
        RouteTable table = TestRoutes.Domains("a.com", "*");
        Assert.Equal("*", table.FindVirtualHost(new TestRequest("b.com").Input)?.Name);
        Assert.Equal("*", table.FindVirtualHost(new TestRequest("").Input)?.Name);
    }

    [Fact]
    public void OnlyDefault_NeedsNoAuthority()
    {
        var request = new TestRequest();
        request.Headers.Remove(":authority"u8);
        Assert.Equal("*", TestRoutes.Domains("*").FindVirtualHost(request.Input)?.Name);
        Assert.Null(TestRoutes.Domains("*", "a.com").FindVirtualHost(request.Input));
    }

    [Theory]
    [InlineData("a.com:443", "a.com")]
    [InlineData("A.COM:", "a.com")]
    [InlineData("x.b.com:1", "*.b.com")]
    [InlineData("[::1]:80", "[::1]")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("a.com", "a.com")]
    public void PortIgnored_AuthorityIsFoundWithoutIt(string authority, string expected)
    {
        var hosts = new List<VirtualHost>();
        foreach (string domain in new[] { "a.com", "*.b.com", "[::1]" })
        {
            hosts.Add(new VirtualHost(domain, [domain], []));
        }

        var table = new RouteTable("t", hosts, new RouteTableOptions { IgnorePortInHostMatching = true });
        Assert.Equal(expected, table.FindVirtualHost(new TestRequest(authority).Input)?.Name);
    }

    [Fact]
    public void TenThousandDomains_EachIsFound()
    {
        var hosts = new List<VirtualHost>();
        for (int i = 0; i < 10_000; i++)
        {
            string domain = (i % 3) switch { 0 => $"host-{i}.example.com", 1 => $"*.suffix-{i}.example", _ => $"prefix-{i}.*" };
            hosts.Add(new VirtualHost(domain, [domain], []));
        }

        var table = new RouteTable("t", hosts);
        for (int i = 0; i < 10_000; i++)
        {
            string authority = (i % 3) switch { 0 => $"HOST-{i}.example.com", 1 => $"a.suffix-{i}.example", _ => $"prefix-{i}.org" };
            Assert.Equal(hosts[i].Name, table.FindVirtualHost(new TestRequest(authority).Input)?.Name);
        }
    }

    [Theory]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(60_000)]
    public void GiantAuthority_OnlyItsEndsAreLookedAt(int length)
    {
        RouteTable table = TestRoutes.Domains("a.com", "*.b.com", "c.*");
        string filler = new('x', length - 6);
        Assert.Null(table.FindVirtualHost(new TestRequest(filler + "xxxxxx").Input));
        Assert.Equal("*.b.com", table.FindVirtualHost(new TestRequest(filler + ".B.com").Input)?.Name);
        Assert.Equal("c.*", table.FindVirtualHost(new TestRequest("C." + filler + "xxxx").Input)?.Name);
    }

    [Fact]
    public void LongestDomainAllowed_IsFound()
    {
        string domain = new('d', RouteTable.MaxDomainLength);
        RouteTable table = TestRoutes.Domains(domain);
        Assert.NotNull(table.FindVirtualHost(new TestRequest(domain).Input));
        Assert.Null(table.FindVirtualHost(new TestRequest(domain + "d").Input));
    }
}
