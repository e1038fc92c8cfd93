using Nuncio.Core.Clusters;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Clusters added, changed and removed under traffic: no request is lost.</summary>
public sealed class LiveClusterTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private const string AddressLog = """
        access_log:
        - name: file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: /log
            log_format: { text_format_source: { inline_string: "%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS% %UPSTREAM_REMOTE_PORT%\n" } }
        """;

    [Fact]
    public void ClusterChanges_RequestUnderWayIsAnsweredAndTheNextGoesToTheNewHosts()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer before = proxy.Serve();
        SimulatedServer after = proxy.Loop.Network.Listen("10.0.0.3:8080");
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer old = before.Accept();
        proxy.Clusters.AddOrUpdate(Cluster("10.0.0.3:8080"));
        proxy.Run();
        SimulatedPeer other = proxy.Connect();
        proxy.Exchange(other, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer fresh = after.Accept();
        Assert.StartsWith("GET /next ", fresh.ReadText());
        proxy.Exchange(fresh, Ok);
        proxy.Exchange(old, Ok);
        Assert.EndsWith("\r\n\r\nok", client.ReadText());
        Assert.EndsWith("\r\n\r\nok", other.ReadText());
        Assert.True(old.IsClosed);
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_rq_active"));
        Assert.Equal(2, proxy.Counter("cluster.up.upstream_rq_200"));
    }

    [Fact]
    public void ClusterChangesWithinABody_BothDirectionsGoOn()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        SimulatedPeer upstream = server.Accept();
        upstream.ReadText();
        proxy.Clusters.AddOrUpdate(Cluster("10.0.0.3:8080"));
        proxy.Run();
        proxy.Exchange(client, "56789");
        Assert.Equal("56789", upstream.ReadText());
        Assert.EndsWith("\r\n\r\nok", proxy.Exchange(upstream, Ok) + client.ReadText());
        Assert.True(upstream.IsClosed);
    }

    [Fact]
    public void ClusterIsRemoved_RequestUnderWayIsAnsweredAndTheNextIsNoCluster()
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        proxy.Clusters.Remove("up");
        proxy.Run();
        SimulatedPeer other = proxy.Connect();
        proxy.AssertLocalReply(proxy.Exchange(other, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"), "503 Service Unavailable", "");
        Assert.Equal("503 NC cluster_not_found 0 0\n", proxy.Log("/log"));
        proxy.Exchange(upstream, Ok);
        Assert.EndsWith("\r\n\r\nok", client.ReadText());
        Assert.True(upstream.IsClosed);
        proxy.AssertServesOthers();

        // Back again: the same connections are served as if nothing had been.
        proxy.Clusters.AddOrUpdate(Cluster(ProxyFixture.Upstream));
        proxy.Run();
        proxy.Exchange(client, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(server.Accept(), Ok);
        Assert.EndsWith("\r\n\r\nok", client.ReadText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UpstreamResetsAfterItsClusterIsGone_IsAFailureLikeAnyOther(bool remove)
    {
        using var proxy = ProxyFixture.Http(ProxyFixture.ShortLog);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        if (remove)
        {
            proxy.Clusters.Remove("up");
        }
        else
        {
            proxy.Clusters.AddOrUpdate(Cluster("10.0.0.3:8080"));
        }

        proxy.Run();
        upstream.Reset();
        proxy.Run();
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", client.ReadText());
        Assert.StartsWith("503 UC ", proxy.Log("/log"));
        Assert.Equal(remove ? 0 : 1, proxy.Stats.FindCounter("cluster.up.upstream_rq_503") is null ? 0 : proxy.Counter("cluster.up.upstream_rq_503"));
        proxy.AssertServesOthers();
    }

    [Fact]
    public void UpdatesBetweenAllRequestsOfManyClients_LoseNone()
    {
        using var proxy = ProxyFixture.Http();
        SimulatedServer server = proxy.Serve();
        List<SimulatedPeer> upstreams = [];
        SimulatedPeer[] clients = [.. Enumerable.Range(0, 8).Select(_ => proxy.Connect())];
        for (int round = 0; round < 40; round++)
        {
            SimulatedPeer client = clients[round % clients.Length];
            client.Write("GET /r HTTP/1.1\r\nHost: a\r\n\r\n");
            if (round % 3 == 0)
            {
                proxy.Run();
            }

            proxy.Clusters.AddOrUpdate(Cluster(ProxyFixture.Upstream) with { ConnectTimeout = TimeSpan.FromSeconds(round + 1) });
            proxy.Run();
            while (server.TryAccept() is { } accepted)
            {
                upstreams.Add(accepted);
            }

            foreach (SimulatedPeer upstream in upstreams)
            {
                if (upstream.ReadText().Length > 0)
                {
                    upstream.Write(Ok);
                }
            }

            proxy.Run();
            Assert.EndsWith("\r\n\r\nok", client.ReadText());
        }

        Assert.Equal(40, proxy.Counter("cluster.up.upstream_rq_200"));
        Assert.Equal(40, proxy.Counter("cluster.up.upstream_rq_total"));
        Assert.Equal(0, proxy.Counter("cluster.up.upstream_rq_rx_reset"));
        Assert.InRange(upstreams.Count(static upstream => !upstream.IsClosed), 0, 1);
    }

    [Fact]
    public void HostWithASecondAddress_IsLoggedByItsNameAndByWhereTheConnectionWent()
    {
        using var proxy = ProxyFixture.Http(AddressLog);
        SimulatedServer server = proxy.Loop.Network.Listen("[2001:db8::2]:8081");
        ClusterConfig cluster = Cluster(ProxyFixture.Upstream);
        EndpointConfig endpoint = cluster.Endpoints[0].Endpoints[0] with
        {
            AdditionalAddresses = [SimulatedNetwork.Parse("[2001:db8::2]:8081")],
        };
        proxy.Clusters.AddOrUpdate(cluster with { Endpoints = [new LocalityEndpointsConfig { Endpoints = [endpoint] }] });
        proxy.Run();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Exchange(server.Accept(), Ok);
        Assert.Equal("10.0.0.2:8080 [2001:db8::2]:8081 8081\n", proxy.Log("/log"));
    }

    private static ClusterConfig Cluster(string address) => new()
    {
        Name = "up",
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig { Address = Parse(address) }] }],
    };

    private static NetworkAddress Parse(string address) => SimulatedNetwork.Parse(address);
}
