using Nuncio.Extensions.NetworkFilters.Echo;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.Echo;

public sealed class EchoFilterTests : IDisposable
{
    private readonly NetworkFilterFixture _fixture = new(new EchoProvider());

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Bytes_ComeBack()
    {
        SimulatedPeer client = _fixture.Connect();
        client.Write("hello");
        _fixture.Run();
        Assert.Equal("hello", client.ReadText());
        client.Write("again");
        _fixture.Run();
        Assert.Equal("again", client.ReadText());
    }

    [Fact]
    public void BytesWithTheEnd_ComeBackWithTheEnd()
    {
        SimulatedPeer client = _fixture.Connect();
        client.Write("hello");
        client.EndWriting();
        _fixture.Run();
        Assert.Equal("hello", client.ReadText());
        Assert.True(client.IsEnded);
        Assert.Equal(1, _fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void ClientSendsWithoutReading_MemoryIsBoundedAndNothingIsLost()
    {
        SimulatedPeer client = _fixture.Connect();
        client.ReceiveCapacity = 1000;
        client.Write(new byte[2 * 1024 * 1024]);
        _fixture.Run();
        Assert.InRange(_fixture.Worker.Dispatcher.Blocks.Rented, 1, (64 + 128 + 16) / 16);
        int total = 0;
        while (client.ReadAll().Length is > 0 and int count)
        {
            total += count;
            _fixture.Run();
        }

        Assert.Equal(2 * 1024 * 1024, total);
    }
}
