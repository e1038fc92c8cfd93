using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Nginx;

public sealed class NginxUpstreamTests
{
    [Fact]
    public void SmallAndBigBodies_AreTheSameThroughTheProxy()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        Assert.Equal(nginx.Small, CurlClient.Run(proxy.Url("/small")).Good().Text);
        Assert.Equal(nginx.Big, CurlClient.Run(proxy.Url("/big")).Good().Output);
        Assert.Equal("404", CurlClient.Run("--output", "/dev/null", "--write-out", "%{http_code}", proxy.Url("/none")).Good().Text);
    }

    [Fact]
    public void SlowClient_GetsABigBodyWhole()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        Assert.Equal(nginx.Big, CurlClient.Run("--limit-rate", "2M", proxy.Url("/big")).Good().Output);
    }

    [Fact]
    public void RequestsOfDifferentClients_ShareTheUpstreamConnection()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal($"{i}", CurlClient.Run(proxy.Url("/count")).Good().Text);
        }

        Assert.Equal(1, proxy.Stat("cluster.up.upstream_cx_total"));
    }

    [Fact]
    public void UpstreamRestarts_RequestsFailMeanwhileAndThenSucceed()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        Assert.Equal("1", CurlClient.Run(proxy.Url("/count")).Good().Text);
        nginx.Stop();
        Assert.Equal("503", CurlClient.Run("--output", "/dev/null", "--write-out", "%{http_code}", proxy.Url("/count")).Good().Text);
        nginx.Start();
        Assert.Equal("1", CurlClient.Run(proxy.Url("/count")).Good().Text);
        Assert.Equal("2", CurlClient.Run(proxy.Url("/count")).Good().Text);
    }

    [Fact]
    public void HostHeader_ReachesTheUpstreamAsSent()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Http(nginx.Address));
        Assert.Equal("Some.Name:81", CurlClient.Run("--header", "Host: Some.Name:81", proxy.Url("/host")).Good().Text);
    }

    [Fact]
    public void TcpProxy_CarriesHttpToo()
    {
        using NginxServer nginx = new();
        using NuncioProcess proxy = new(Configurations.Tcp(nginx.Address));
        Assert.Equal(nginx.Big, CurlClient.Run(proxy.Url("/big")).Good().Output);
        Assert.Equal(1, proxy.Stat("tcp.tcp.downstream_cx_total"));
        Assert.InRange(proxy.Stat("tcp.tcp.downstream_cx_tx_bytes_total"), NginxServer.BigLength, NginxServer.BigLength + 1000);
    }
}
