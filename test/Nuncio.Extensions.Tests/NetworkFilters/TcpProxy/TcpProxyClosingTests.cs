using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

public sealed class TcpProxyClosingTests
{
    [Fact]
    public void ClientEndsItsDirection_TheUpstreamMayStillAnswer()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        client.Write("question");
        client.EndWriting();
        fixture.Run();
        Assert.Equal("question", upstream.ReadText());
        Assert.True(upstream.IsEnded);
        upstream.Write("answer");
        fixture.Run();
        Assert.Equal("answer", client.ReadText());
        Assert.False(client.IsEnded);
        upstream.Close();
        fixture.Run();
        Assert.True(client.IsEnded);
        Assert.False(client.IsReset);
        fixture.AssertNothingLeft();
        Assert.Equal(["- 8 6 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
    }

    [Fact]
    public void UpstreamEndsItsDirection_TheClientMayStillSend()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        upstream.Write("greeting");
        upstream.EndWriting();
        fixture.Run();
        Assert.Equal("greeting", client.ReadText());
        Assert.True(client.IsEnded);
        client.Write("thanks");
        fixture.Run();
        Assert.Equal("thanks", upstream.ReadText());
        Assert.False(upstream.IsEnded);
        client.EndWriting();
        fixture.Run();
        Assert.True(upstream.IsEnded);
        fixture.AssertNothingLeft();
        Assert.Equal(["- 6 8 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
    }

    [Fact]
    public void ClientEndsBeforeTheUpstreamIsConnected_TheEndIsPassedOn()
    {
        using TcpProxyFixture fixture = new();
        fixture.Network.Latency = TimeSpan.FromMilliseconds(5);
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Network.Connect(NetworkFilterFixture.ListenAddress);
        fixture.Advance(0.006);
        Assert.False(server.HasWaiting);
        client.Write("x");
        client.EndWriting();
        fixture.Advance(1);
        SimulatedPeer upstream = server.Accept();
        Assert.Equal("x", upstream.ReadText());
        Assert.True(upstream.IsEnded);
        upstream.Close();
        fixture.Advance(1);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void UpstreamIsReset_TheClientIsClosed()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        upstream.Reset();
        fixture.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Cluster("upstream_cx_destroy_remote"));
        Assert.Equal(["- 0 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void UpstreamClosesWithBytesLeftForTheClient_TheClientGetsThem()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        client.ReceiveCapacity = 1000;
        upstream.Write(new byte[5000]);
        fixture.Run();
        client.EndWriting();
        fixture.Run();
        upstream.Close();
        fixture.Run();
        Assert.Equal(5000, ReadAll(fixture, client));
        Assert.True(client.IsEnded);
        Assert.False(client.IsReset);
        fixture.AssertNothingLeft();
        Assert.Equal(["- 0 5000 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
    }

    [Fact]
    public void UpstreamIsGoneAndTheClientReadsNothing_TheIdleTimeoutEndsIt()
    {
        using TcpProxyFixture fixture = new(config => config with { IdleTimeoutNanos = 10_000_000_000 });
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        client.ReceiveCapacity = 1000;
        upstream.Write(new byte[5000]);
        fixture.Run();
        upstream.Reset();
        fixture.Advance(9);
        Assert.Equal(0, fixture.Tcp("idle_timeout"));
        fixture.Advance(2);
        Assert.Equal(1, fixture.Tcp("idle_timeout"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClientIsResetWithBytesLeftForTheUpstream_TheUpstreamDrains()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        upstream.ReceiveCapacity = 1000;
        client.Write(new byte[5000]);
        fixture.Run();
        client.Reset();
        fixture.Run();
        Assert.Equal(1, fixture.Tcp("upstream_flush_total"));
        Assert.Equal(1, fixture.Base.Gauge("tcp.p.upstream_flush_active"));
        Assert.Equal(["- 5000 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        Assert.Equal(5000, ReadAll(fixture, upstream));
        Assert.True(upstream.IsEnded);
        fixture.AssertNothingLeft();
        Assert.Equal(1, fixture.Cluster("upstream_cx_destroy_local"));
    }

    [Fact]
    public void BothDirectionsToTheClientEnded_TheUpstreamStillGetsWhatItHasNotTaken()
    {
        // A regression would be Envoy's behaviour: the client believes that its bytes were taken, and they are dropped.
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        upstream.ReceiveCapacity = 1000;
        upstream.EndWriting();
        fixture.Run();
        client.Write(new byte[5000]);
        client.EndWriting();
        fixture.Run();
        Assert.True(client.IsEnded);
        Assert.Equal(1, fixture.Tcp("upstream_flush_total"));
        Assert.Equal(5000, ReadAll(fixture, upstream));
        Assert.True(upstream.IsEnded);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void DrainingUpstreamTakesNothing_TheIdleTimeoutEndsIt()
    {
        using TcpProxyFixture fixture = new(config => config with { IdleTimeoutNanos = 10_000_000_000 });
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        upstream.ReceiveCapacity = 1000;
        client.Write(new byte[5000]);
        fixture.Run();
        client.Reset();
        fixture.Advance(9);
        Assert.Equal(1000, upstream.ReadAll().Length);
        fixture.Advance(9);
        Assert.Equal(0, fixture.Tcp("idle_timeout"));
        fixture.Advance(2);
        Assert.Equal(1, fixture.Tcp("idle_timeout"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void ClientIsResetWithNothingLeft_TheUpstreamClosesAtOnce()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        client.Reset();
        fixture.Run();
        Assert.True(upstream.IsClosed);
        Assert.Equal(0, fixture.Tcp("upstream_flush_total"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void NothingMoves_BothAreClosedAfterTheIdleTimeout()
    {
        using TcpProxyFixture fixture = new(config => config with { IdleTimeoutNanos = 10_000_000_000 });
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        fixture.Advance(6);
        client.Write("a");
        fixture.Advance(6);
        upstream.Write("b");
        fixture.Advance(9.9);
        Assert.False(client.IsClosed);
        fixture.Advance(0.2);
        Assert.True(client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal(1, fixture.Tcp("idle_timeout"));
        Assert.Equal("tcp_session_idle_timeout", fixture.Base.Accepted.LocalCloseReason);
        Assert.Equal(["- 1 1 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
        client.ReadAll();
        upstream.ReadAll();
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void IdleTimeoutWhileConnecting_ClosesToo()
    {
        using TcpProxyFixture fixture = new(config => config with { IdleTimeoutNanos = 1_000_000_000 });
        fixture.Network.HangConnects(TcpProxyFixture.Upstream);
        SimulatedPeer client = fixture.Connect();
        fixture.Advance(1.1);
        Assert.True(client.IsClosed);
        Assert.Equal(1, fixture.Tcp("idle_timeout"));
        fixture.AssertNothingLeft();
    }

    [Fact]
    public void IdleTimeoutIsOff_IdleConnectionsStay()
    {
        using TcpProxyFixture fixture = new(config => config with { IdleTimeoutNanos = 0 });
        (SimulatedPeer client, _) = fixture.Open();
        fixture.Advance(24 * 3600);
        Assert.False(client.IsClosed);
        Assert.Equal(0, fixture.Base.Worker.Dispatcher.Timers.Count);
    }

    [Fact]
    public void DefaultIdleTimeout_IsAnHour()
    {
        using TcpProxyFixture fixture = new();
        (SimulatedPeer client, _) = fixture.Open();
        fixture.Advance(3599);
        Assert.False(client.IsClosed);
        fixture.Advance(1.1);
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void MaxDurationReached_ClosesEvenABusyConnectionWithDt()
    {
        using TcpProxyFixture fixture = new(config => config with { MaxConnectionDurationNanos = 5_000_000_000 });
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        for (int i = 0; i < 4; i++)
        {
            client.Write("x");
            fixture.Advance(1.2);
            Assert.False(client.IsClosed);
        }

        fixture.Advance(0.3);
        Assert.True(client.IsClosed);
        Assert.True(upstream.IsClosed);
        Assert.Equal(1, fixture.Tcp("max_downstream_connection_duration"));
        Assert.Equal("max_connection_duration_reached", fixture.Base.Accepted.LocalCloseReason);
        Assert.Equal(["DT 4 0 10.0.0.1:9000 TcpConnectionEnd"], fixture.Log.Lines);
    }

    [Fact]
    public void MaxDurationWithJitter_IsSpreadAndNeverShorter()
    {
        using TcpProxyFixture fixture = new(config => config with { MaxConnectionDurationNanos = 10_000_000_000, MaxConnectionDurationJitter = 50 });
        fixture.Listen();
        for (int i = 0; i < 100; i++)
        {
            fixture.Connect();
        }

        fixture.Advance(9.9);
        Assert.Equal(0, fixture.Tcp("max_downstream_connection_duration"));
        fixture.Advance(2.6);
        Assert.InRange(fixture.Tcp("max_downstream_connection_duration"), 30, 70);
        fixture.Advance(2.6);
        Assert.Equal(100, fixture.Tcp("max_downstream_connection_duration"));
    }

    private static int ReadAll(TcpProxyFixture fixture, SimulatedPeer peer)
    {
        int total = 0;
        int count;
        while ((count = peer.ReadAll().Length) > 0)
        {
            total += count;
            fixture.Run();
        }

        return total;
    }
}
