using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Tests.Pools;
using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Clusters;

/// <summary>Hosts with several addresses, hosts that are listeners of this process, and where connections start.</summary>
public sealed class HostAddressesTests : IDisposable
{
    private const string Other = "[2001:db8::1]:80";

    private readonly UpstreamFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void AdditionalAddress_TakesOverAndCountsAsOneMoreConnectionTried()
    {
        SimulatedServer other = _fixture.Loop.Network.Listen(Other);
        _fixture.Loop.Network.FailConnects(UpstreamFixture.Address);
        _fixture.Add(TwoAddresses());
        TestRequest request = _fixture.Request();
        _fixture.Run();
        other.Accept().Write("HTTP/1.1 204 No Content\r\n\r\n");
        _fixture.Run();
        Assert.Equal("ready, 204 end", request.Log);
        Assert.Equal(2, _fixture.Counter("upstream_cx_total"));
        Assert.Equal(1, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(0, _fixture.Counter("upstream_cx_connect_fail"));
        Assert.Equal(2, _fixture.Choose()!.Totals().CxTotal);
        Assert.Equal(Other, request.Connection!.RemoteAddress.ToString());
        Assert.Equal(UpstreamFixture.Address, _fixture.Choose()!.ToString());
    }

    [Fact]
    public void NoAddressConnects_OneFailureIsCounted()
    {
        _fixture.Add(TwoAddresses());
        TestRequest request = _fixture.Request();
        _fixture.Run();
        Assert.Equal("failed RemoteConnectionFailure delayed connect error: Connection refused", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_fail"));
        Assert.Equal(0, _fixture.Gauge("upstream_cx_active"));
        Assert.Equal(0, _fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void AllAddressesHang_ConnectTimeoutEndsThemAll()
    {
        _fixture.Loop.Network.HangConnects(UpstreamFixture.Address);
        _fixture.Loop.Network.HangConnects(Other);
        _fixture.Add(TwoAddresses() with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        TestRequest request = _fixture.Request();
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(1001));
        Assert.Equal("failed Timeout", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_timeout"));
        Assert.Equal(0, _fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void FirstFamilyOfTheConfiguration_IsTriedFirst()
    {
        SimulatedServer other = _fixture.Loop.Network.Listen(Other);
        _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        _fixture.Add(TwoAddresses() with { HappyEyeballs = new HappyEyeballsConfig { FirstFamily = IO.Sockets.AddressKind.IPv6 } });
        _fixture.Request();
        _fixture.Run();
        Assert.True(other.HasWaiting);
        Assert.Equal(1, _fixture.Counter("upstream_cx_total"));
    }

    [Fact]
    public void LogicalDnsWithAllFamilies_TriesEveryAddressOfTheAnswer()
    {
        SimulatedServer second = _fixture.Loop.Network.Listen("10.0.0.7:80");
        _fixture.Add(new ClusterConfig
        {
            Name = "c",
            Discovery = ClusterDiscoveryKind.LogicalDns,
            Dns = new DnsConfig { LookupFamily = DnsLookupFamily.All },
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig { DnsName = "up", Port = 80 }] }],
        });
        _fixture.Dns.Answer("up", "2001:db8::7", "10.0.0.7");
        _fixture.Run();
        TestRequest request = _fixture.Request();
        _fixture.Run();
        second.Accept();
        Assert.Equal("ready", request.Log);
        Assert.Equal("[2001:db8::7]:80", _fixture.Choose()!.ToString());

        // The same first address with others behind it is another answer all the same.
        _fixture.Loop.Advance(TimeSpan.FromSeconds(5));
        _fixture.Dns.Answer("up", "2001:db8::7");
        Assert.Single(_fixture.Choose()!.Addresses);
        Assert.Equal(0, _fixture.Counter("update_no_rebuild"));
    }

    [Fact]
    public void InternalHost_IsConnectedThroughTheWorkersConnector()
    {
        int theirs = -1;
        string? asked = null;
        _fixture.Workers[0].InternalConnector = (name, _) =>
        {
            asked = name;
            _fixture.Loop.Network.Sockets.SocketPair(out int ours, out theirs);
            return ours;
        };
        _fixture.Add(Internal());
        TestRequest request = _fixture.Request();
        _fixture.Run();
        Assert.Equal(("ready", "inside"), (request.Log, asked));
        byte[] received = new byte[1000];
        int count = _fixture.Loop.Network.Sockets.Receive(theirs, received);
        Assert.StartsWith("GET / HTTP/1.1\r\n", System.Text.Encoding.Latin1.GetString(received, 0, count), StringComparison.Ordinal);
        _fixture.Loop.Network.Sockets.Send(theirs, "HTTP/1.1 204 No Content\r\n\r\n"u8);
        _fixture.Run();
        Assert.Equal("ready, 204 end", request.Log);
        Assert.Equal("envoy://inside/e1", _fixture.Choose()!.ToString());
        _fixture.Loop.Network.Sockets.Close(theirs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InternalHostWithoutItsListener_IsAConnectFailure(bool hasConnector)
    {
        _fixture.Workers[0].InternalConnector = hasConnector ? static (_, _) => -1 : null;
        _fixture.Add(Internal());
        TestRequest request = _fixture.Request();
        _fixture.Run();
        Assert.Equal(
            "failed RemoteConnectionFailure immediate connect error: Connection refused|remote address:envoy://inside/e1", request.Log);
        Assert.Equal(1, _fixture.Counter("upstream_cx_connect_fail"));
    }

    [Fact]
    public void SourceAddressOfTheCluster_IsWhereConnectionsStart()
    {
        SimulatedServer server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with
        {
            Bind = new UpstreamBindConfig
            {
                Sources =
                [
                    new ConnectSource(SimulatedNetwork.Parse("[2001:db8::9]:5"), []),
                    new ConnectSource(SimulatedNetwork.Parse("10.9.9.9:5"), []),
                ],
            },
        });
        _fixture.Request();
        _fixture.Run();
        Assert.Equal("10.9.9.9:5", server.Accept().RemoteAddress.ToString());
    }

    private static ClusterConfig TwoAddresses() => new()
    {
        Name = "c",
        Endpoints =
        [
            new LocalityEndpointsConfig
            {
                Endpoints =
                [
                    UpstreamFixture.Endpoint(UpstreamFixture.Address) with { AdditionalAddresses = [SimulatedNetwork.Parse(Other)] },
                ],
            },
        ],
    };

    private static ClusterConfig Internal() => new()
    {
        Name = "c",
        Endpoints =
        [
            new LocalityEndpointsConfig
            {
                Endpoints = [new EndpointConfig { Address = IO.Sockets.NetworkAddress.FromInternal("inside", "e1") }],
            },
        ],
    };
}
