using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.HaProxy;

public sealed class HaProxyTests
{
    [Fact]
    public void InFrontOfTheProxy_RequestsAndBodiesPass()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        using HaProxyServer front = new(proxy.Port());
        CheckAll(nginx, front.Port);
        Assert.Equal(3, proxy.Stat("http.web.downstream_rq_2xx"));
    }

    [Fact]
    public void BehindTheProxy_RequestsAndBodiesPass()
    {
        using NginxServer nginx = new();
        using HaProxyServer back = new(nginx.Port);
        using NuncioProcess proxy = new(Configurations.Http(back.Address));
        CheckAll(nginx, proxy.Port());
        Assert.Equal(3, proxy.Stat("cluster.up.upstream_rq_200"));
    }

    [Fact]
    public void TcpOnBothSides_BodiesPass()
    {
        using NginxServer nginx = new();
        using HaProxyServer back = new(nginx.Port, "tcp");
        using NuncioProcess proxy = new(Configurations.Tcp(back.Address));
        using HaProxyServer front = new(proxy.Port(), "tcp");
        CheckAll(nginx, front.Port);
    }

    private static void CheckAll(NginxServer nginx, int port)
    {
        string url = $"http://127.0.0.1:{port}";
        Assert.Equal(nginx.Small, CurlClient.Run(url + "/small").Good().Text);
        Assert.Equal(nginx.Big, CurlClient.Run(url + "/big").Good().Output);
        Assert.Contains("content-length: 34", CurlClient.Run("--head", url + "/small").Good().Text, StringComparison.OrdinalIgnoreCase);
    }
}
