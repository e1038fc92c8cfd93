using Nuncio.Extensions.NetworkFilters.DirectResponse;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.DirectResponse;

public sealed class DirectResponseFilterTests
{
    [Fact]
    public void Connection_GetsTheBytesAndTheEnd()
    {
        using NetworkFilterFixture fixture = new(new DirectResponseProvider(new DirectResponseConfig("go away\n"u8.ToArray())));
        SimulatedPeer client = fixture.Connect();
        Assert.Equal("go away\n", client.ReadText());
        Assert.True(client.IsEnded);
        client.Close();
        fixture.Run();
        Assert.Equal(1, fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void ClientHasSentSomething_TheAnswerIsNotLostToAReset()
    {
        using NetworkFilterFixture fixture = new(new DirectResponseProvider(new DirectResponseConfig("no"u8.ToArray())));
        SimulatedPeer client = fixture.Loop.Network.Connect(NetworkFilterFixture.ListenAddress);
        client.Write("GET / HTTP/1.1\r\n\r\n");
        fixture.Run();
        Assert.False(client.IsReset);
        Assert.Equal("no", client.ReadText());
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void ClientNeverEnds_IsClosedAfterASecond()
    {
        using NetworkFilterFixture fixture = new(new DirectResponseProvider(new DirectResponseConfig("no"u8.ToArray())));
        fixture.Connect();
        fixture.Advance(0.9);
        Assert.Equal(2, fixture.Loop.Network.OpenDescriptors);
        fixture.Advance(0.2);
        Assert.Equal(1, fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void NothingToSay_ClosesAtOnce()
    {
        using NetworkFilterFixture fixture = new(new DirectResponseProvider(new DirectResponseConfig([])));
        SimulatedPeer client = fixture.Connect();
        Assert.True(client.IsEnded);
        Assert.Equal(0, client.Available);
        Assert.Equal(1, fixture.Loop.Network.OpenDescriptors);
    }
}
