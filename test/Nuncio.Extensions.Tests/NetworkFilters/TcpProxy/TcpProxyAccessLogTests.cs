using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

public sealed class TcpProxyAccessLogTests
{
    [Fact]
    public void EndOfTheConnection_HasEverythingThatIsKnown()
    {
        using TcpProxyFixture fixture = new(
            format: "%START_TIME% %DURATION% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_ADDRESS% %UPSTREAM_CLUSTER% " +
                "%UPSTREAM_HOST% %UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %FILTER_CHAIN_NAME% %UPSTREAM_CONNECTION_POOL_READY_DURATION% " +
                "%RESPONSE_CODE% %PROTOCOL% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%");
        fixture.Network.Latency = TimeSpan.FromMilliseconds(20);
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Network.Connect(NetworkFilterFixture.ListenAddress);
        fixture.Advance(1);
        SimulatedPeer upstream = server.Accept();
        fixture.Advance(1);
        upstream.Close();
        client.Close();
        fixture.Advance(1);
        Assert.Equal(
            ["2026-01-01T12:00:00.020Z 2000 127.0.0.1 127.0.0.1:80 up 10.0.0.1:9000 127.0.0.1 chain 20 0 - - -"], fixture.Log.Lines);
    }

    [Fact]
    public void OnStartAndOnConnected_AreWrittenAtTheirPoints()
    {
        using TcpProxyFixture fixture = new(config => config with { LogOnStart = true, LogOnConnected = true });
        fixture.Network.Latency = TimeSpan.FromMilliseconds(20);
        SimulatedServer server = fixture.Listen();
        SimulatedPeer client = fixture.Network.Connect(NetworkFilterFixture.ListenAddress);
        fixture.Advance(0.021);
        Assert.Equal(["- 0 0 - TcpConnectionStart"], fixture.Log.Lines);
        fixture.Advance(0.1);
        Assert.Equal(["- 0 0 - TcpConnectionStart", "- 0 0 10.0.0.1:9000 TcpUpstreamConnected"], fixture.Log.Lines);
        server.Accept().Close();
        client.Close();
        fixture.Advance(0.1);
        Assert.Equal("- 0 0 10.0.0.1:9000 TcpConnectionEnd", fixture.Log.Lines[2]);
        Assert.Equal(3, fixture.Log.Lines.Count);
    }

    [Fact]
    public void FlushInterval_WritesMeanwhile()
    {
        using TcpProxyFixture fixture = new(config => config with { LogIntervalNanos = 10_000_000_000 });
        (SimulatedPeer client, SimulatedPeer upstream) = fixture.Open();
        fixture.Advance(5);
        client.Write("abc");
        fixture.Advance(6);
        Assert.Equal(["- 3 0 10.0.0.1:9000 TcpPeriodic"], fixture.Log.Lines);
        upstream.Write("de");
        fixture.Advance(10);
        Assert.Equal("- 3 2 10.0.0.1:9000 TcpPeriodic", fixture.Log.Lines[1]);
        client.Reset();
        fixture.Advance(100);
        Assert.Equal("- 3 2 10.0.0.1:9000 TcpConnectionEnd", fixture.Log.Lines[2]);
        Assert.Equal(3, fixture.Log.Lines.Count);
    }
}
