using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

public sealed class TcpProxyFlowControlTests
{
    private const int Megabytes = 4;

    /// <summary>Buffer limit and one read over it, once for each direction and each side of the proxy.</summary>
    private const int MostBlocks = 2 * (64 + 128) / 16;

    [Fact]
    public void ClientReadsSlowly_TheUpstreamIsStoppedAndMemoryIsBounded()
    {
        using TcpProxyFixture fixture = new();
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Connect();
        client.ReceiveCapacity = 4096;
        SimulatedPeer upstream = server.Accept();
        byte[] sent = Pattern(Megabytes * 1024 * 1024);
        upstream.Write(sent);
        upstream.EndWriting();
        fixture.Run();
        Assert.InRange(fixture.Base.Worker.Dispatcher.Blocks.Rented, 1, MostBlocks);
        Assert.Equal(1, fixture.Cluster("upstream_flow_control_paused_reading_total"));
        Assert.Equal(0, fixture.Cluster("upstream_flow_control_resumed_reading_total"));
        Assert.Equal(sent, ReadSlowly(fixture, client, sent.Length));
        Assert.True(client.IsEnded);
        Assert.Equal(
            fixture.Cluster("upstream_flow_control_paused_reading_total"), fixture.Cluster("upstream_flow_control_resumed_reading_total"));
        Assert.Equal(0, fixture.Tcp("downstream_flow_control_paused_reading_total"));
    }

    [Fact]
    public void UpstreamReadsSlowly_TheClientIsStoppedAndMemoryIsBounded()
    {
        using TcpProxyFixture fixture = new();
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Connect();
        SimulatedPeer upstream = server.Accept();
        upstream.ReceiveCapacity = 4096;
        byte[] sent = Pattern(Megabytes * 1024 * 1024);
        client.Write(sent);
        client.EndWriting();
        fixture.Run();
        Assert.InRange(fixture.Base.Worker.Dispatcher.Blocks.Rented, 1, MostBlocks);
        Assert.Equal(1, fixture.Tcp("downstream_flow_control_paused_reading_total"));
        Assert.Equal(0, fixture.Tcp("downstream_flow_control_resumed_reading_total"));
        Assert.Equal(sent, ReadSlowly(fixture, upstream, sent.Length));
        Assert.True(upstream.IsEnded);
        Assert.Equal(
            fixture.Tcp("downstream_flow_control_paused_reading_total"), fixture.Tcp("downstream_flow_control_resumed_reading_total"));
        Assert.Equal(0, fixture.Cluster("upstream_flow_control_paused_reading_total"));
    }

    [Fact]
    public void OneDirectionIsStopped_TheOtherGoesOn()
    {
        using TcpProxyFixture fixture = new();
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Connect();
        client.ReceiveCapacity = 100;
        SimulatedPeer upstream = server.Accept();
        upstream.Write(new byte[1024 * 1024]);
        fixture.Run();
        client.Write("still here");
        fixture.Run();
        Assert.Equal("still here", upstream.ReadText());
    }

    [Fact]
    public void StoppedUpstreamIsReset_TheClientGetsWhatWasReadAndTheEnd()
    {
        using TcpProxyFixture fixture = new();
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Connect();
        client.ReceiveCapacity = 4096;
        SimulatedPeer upstream = server.Accept();
        upstream.Write(new byte[1024 * 1024]);
        fixture.Run();
        upstream.Reset();
        fixture.Run();
        int total = 0;
        while (client.ReadAll().Length is > 0 and int count)
        {
            total += count;
            fixture.Run();
        }

        Assert.InRange(total, 64 * 1024, 256 * 1024);
        Assert.True(client.IsClosed);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void PiecesOfEverySize_ArriveInOrder()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.MaxBytesPerCall = 777;
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        byte[] sent = Pattern(100_000);
        client.Write(sent);
        for (int at = 0; at < sent.Length; at += 500)
        {
            upstream.Write(sent.AsSpan(at, 500));
        }

        fixture.Run();
        Assert.Equal(sent, ReadInPieces(upstream, 777));
        Assert.Equal(sent, ReadInPieces(client, 777));
    }

    private static byte[] ReadInPieces(SimulatedPeer peer, int size)
    {
        var all = new List<byte>();
        while (peer.Available > 0)
        {
            all.AddRange(peer.Read(size));
        }

        return [.. all];
    }

    private static byte[] ReadSlowly(TcpProxyFixture fixture, SimulatedPeer peer, int length)
    {
        byte[] all = new byte[length];
        int at = 0;
        while (at < length)
        {
            byte[] part = peer.Read(3000);
            Assert.NotEmpty(part);
            part.CopyTo(all, at);
            at += part.Length;
            fixture.Run();
            Assert.InRange(fixture.Base.Worker.Dispatcher.Blocks.Rented, 0, MostBlocks);
        }

        return all;
    }

    private static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i * 31 + (i >> 8));
        }

        return bytes;
    }
}
