using Nuncio.Core.Clusters;
using Nuncio.Core.Pools;
using Nuncio.Core.Streams;
using Nuncio.Core.Tests.Clusters;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Pools;

/// <summary>Upstream sockets made for one client: never shared with another.</summary>
public sealed class UpstreamSocketOptionsTests : IDisposable
{
    private const string Ok = "HTTP/1.1 204 No Content\r\n\r\n";

    private readonly UpstreamFixture _fixture = new();
    private readonly SimulatedServer _server;

    public UpstreamSocketOptionsTests()
    {
        _server = _fixture.Loop.Network.Listen(UpstreamFixture.Address);
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address));
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Options_AreOnTheSocket()
    {
        TestRequest request = Request(Client("192.0.2.7:1234", mark: 123));
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        Assert.Equal("192.0.2.7", peer.RemoteAddress.IpText);
        int fd = request.Connection!.FileDescriptor;
        Assert.Equal([1, 0, 0, 0], _fixture.Loop.Network.OptionOf(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent));
        Assert.Equal([123, 0, 0, 0], _fixture.Loop.Network.OptionOf(fd, SocketOptions.LevelSocket, SocketOptions.Mark));
        Assert.Equal([1, 0, 0, 0], _fixture.Loop.Network.OptionOf(fd, SocketOptions.LevelIp, SocketOptions.IpBindAddressNoPort));
    }

    [Fact]
    public void SameClient_ReusesItsConnection()
    {
        Request(Client("192.0.2.7:1234"));
        _fixture.Run();
        _server.Accept().Write(Ok);
        _fixture.Run();
        TestRequest second = Request(Client("192.0.2.7:4321"));
        Assert.Equal("ready", second.Log);
        Assert.True(second.WasReused);
    }

    [Fact]
    public void OtherClientOrNone_GetsAConnectionOfItsOwn()
    {
        Request(Client("192.0.2.7:1"));
        _fixture.Run();
        _server.Accept().Write(Ok);
        _fixture.Run();
        Assert.Equal("", Request(Client("192.0.2.8:1")).Log);
        Assert.Equal("", Request(Client("192.0.2.7:1", mark: 9)).Log);
        Assert.Equal("", _fixture.Request().Log);
        _fixture.Run();
        Assert.Equal(4, _fixture.Counter("upstream_cx_total"));
    }

    [Fact]
    public void PoolOfAClient_EndsWithItsLastConnection()
    {
        _fixture.Add(UpstreamFixture.Static(UpstreamFixture.Address) with
        {
            DefaultLimits = new CircuitBreakerConfig { MaxConnectionPools = 1 },
        });
        UpstreamSocketOptions client = Client("192.0.2.7:1");
        HttpConnectionPool pool = _fixture.Cluster.HttpPool(_fixture.Choose()!, ResourcePriority.Default, client);
        Request(client);
        _fixture.Run();
        SimulatedPeer peer = _server.Accept();
        Assert.Equal("failed Overflow", Request(Client("192.0.2.8:1")).Log);
        peer.Close();
        _fixture.Run();
        Assert.NotSame(pool, _fixture.Cluster.HttpPool(_fixture.Choose()!, ResourcePriority.Default, client));
        Assert.Equal("", Request(Client("192.0.2.8:1")).Log);
    }

    [Fact]
    public void RemovedCluster_DrainsTheClientsPoolsToo()
    {
        Request(Client("192.0.2.7:1"));
        Request(Client("192.0.2.8:1"));
        _fixture.Run();
        SimulatedPeer idle = _server.Accept();
        SimulatedPeer busy = _server.Accept();
        idle.Write(Ok);
        _fixture.Run();
        _fixture.Manager.Remove("c");
        _fixture.Run();
        Assert.True(idle.IsClosed);
        Assert.False(busy.IsClosed);
        busy.Write(Ok);
        _fixture.Run();
        Assert.True(busy.IsClosed);
    }

    [Fact]
    public void TcpConnection_TakesThemFromTheClientsFilterState()
    {
        StreamInfo info = Stream(Client("192.0.2.7:1"));
        User user = new();
        _fixture.Cluster.ConnectTcp(_fixture.Choose()!, user, downstream: info);
        _fixture.Run();
        Assert.Equal("192.0.2.7", _server.Accept().RemoteAddress.IpText);
        user.Connection!.Close(ConnectionCloseType.NoFlush, "test");
    }

    [Fact]
    public void StateOfTheRequest_FallsBackOnTheConnections()
    {
        UpstreamSocketOptions client = Client("192.0.2.7:1");
        StreamInfo info = Stream(client);
        Assert.Same(client, UpstreamSocketOptions.Of(info));
        info.FilterState = new FilterState(info.Connection!.FilterState);
        Assert.Same(client, UpstreamSocketOptions.Of(info));
        Assert.Null(UpstreamSocketOptions.Of(new StreamInfo()));
    }

    private static UpstreamSocketOptions Client(string address, uint mark = 0) => new(SimulatedNetwork.Parse(address), true, mark);

    private static StreamInfo Stream(UpstreamSocketOptions options)
    {
        ConnectionInfo connection = new(SimulatedNetwork.Parse("10.0.0.9:80"), SimulatedNetwork.Parse("192.0.2.7:1"))
        {
            FilterState = new FilterState(),
        };
        connection.FilterState.TrySet(UpstreamSocketOptions.Key, options);
        return new StreamInfo { Connection = connection };
    }

    private TestRequest Request(UpstreamSocketOptions options)
    {
        TestRequest request = new(_fixture.Workers[0]);
        request.Start(_fixture.Cluster.HttpPool(_fixture.Choose()!, ResourcePriority.Default, options));
        return request;
    }

    private sealed class User : ITcpConnectCallbacks
    {
        public Connection? Connection { get; private set; }

        public void OnTcpReady(Connection upstream, Host host) => Connection = upstream;

        public void OnTcpFailure(PoolFailureReason reason, string? transportFailureReason, Host host) => Assert.Fail("not expected");
    }
}
