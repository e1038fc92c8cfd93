using System.Globalization;
using System.Text.RegularExpressions;
using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Wrk;

public sealed partial class WrkTests
{
    [Theory]
    [InlineData("/small", 1000)]
    [InlineData("/big", 20)]
    public void ManyRequests_HaveNoError(string path, int atLeast)
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        long requests = Load(proxy.Url(path));
        Assert.InRange(requests, atLeast, long.MaxValue);
        Assert.InRange(proxy.Stat("cluster.up.upstream_rq_200"), requests, long.MaxValue);
        Assert.Equal(0, proxy.Stat("cluster.up.upstream_rq_5xx"));
        Assert.Equal(0, proxy.Stat("http.web.downstream_rq_5xx"));
    }

    [Fact]
    public void ManyRequestsThroughTheTcpProxy_HaveNoError()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Tcp(nginx.Address));
        Assert.InRange(Load(proxy.Url("/small")), 1000, long.MaxValue);
    }

    [Fact]
    public void EveryRequestOnAConnectionOfItsOwn_HasNoError()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        Assert.InRange(Load(proxy.Url("/small"), "-H", "Connection: close"), 200, long.MaxValue);
    }

    private static long Load(string url, params string[] more)
    {
        string report = ChildProcess.Run(
            PeerProgram.Require("wrk"), ["-t", "1", "-c", "32", "-d", "1s", "--timeout", "10s", .. more, url]).Good().Text;
        Assert.DoesNotContain("Socket errors", report);
        Assert.DoesNotContain("Non-2xx", report);
        return long.Parse(Total().Match(report).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();
}
