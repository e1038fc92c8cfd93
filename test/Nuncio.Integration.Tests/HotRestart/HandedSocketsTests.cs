using Nuncio.IO.Sockets;
using Nuncio.Server.HotRestart;

namespace Nuncio.Integration.Tests.HotRestart;

public sealed class HandedSocketsTests
{
    private readonly NetworkAddress _address = NetworkAddress.FromIPv4(0x7F000001, 80);

    [Fact]
    public void SameNumberOfWorkers_EachGetsItsOwn()
    {
        using HandedSockets sockets = Make(workers: 2, count: 2);

        int first = sockets.TryTake(_address, 0);
        int second = sockets.TryTake(_address, 1);

        Assert.True(first >= 0 && second >= 0 && first != second);
        Assert.Equal(-1, sockets.TryTake(_address, 0));
        Assert.Equal(-1, sockets.TryTake(_address, 1));
        Assert.Equal(0, sockets.Count);
        Close(first, second);
    }

    [Fact]
    public void FewerWorkers_GetAllOfThem()
    {
        using HandedSockets sockets = Make(workers: 2, count: 3);

        int[] taken = [sockets.TryTake(_address, 0), sockets.TryTake(_address, 0), sockets.TryTake(_address, 1)];

        Assert.All(taken, static fd => Assert.True(fd >= 0));
        Assert.Equal(-1, sockets.TryTake(_address, 0));
        Assert.Equal(0, sockets.Count);
        Close(taken);
    }

    [Fact]
    public void MoreWorkers_ShareTheFirst()
    {
        using HandedSockets sockets = Make(workers: 2, count: 1);

        int first = sockets.TryTake(_address, 0);
        int second = sockets.TryTake(_address, 1);

        Assert.True(second >= 0 && second != first);
        Assert.Equal(-1, sockets.TryTake(_address, 1));
        Close(first, second);
    }

    [Fact]
    public void DatagramSocket_IsForDatagramsOnly_AndNotShared()
    {
        using HandedSockets sockets = Make(workers: 2, count: 0);
        sockets.Add(_address, LinuxSockets.Instance.DatagramSocket(AddressKind.IPv4));

        Assert.Equal(-1, sockets.TryTake(_address, 0));
        int fd = sockets.TryTake(_address, 0, datagram: true);
        Assert.True(fd >= 0);
        Assert.Equal(-1, sockets.TryTake(_address, 1, datagram: true));
        Close(fd);
    }

    [Fact]
    public void OtherAddress_GetsNone()
    {
        using HandedSockets sockets = Make(workers: 1, count: 1);

        Assert.Equal(-1, sockets.TryTake(_address.WithPort(81), 0));
        Assert.Equal([_address], sockets.Left);
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:443")]
    [InlineData("unix:/run/a.sock")]
    [InlineData("unix:@abstract")]
    public void Name_IsReadAsItWasWritten(string text)
    {
        Assert.True(SocketName.TryParse(text, out NetworkAddress? address));
        Assert.Equal(text, SocketName.Of(address!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("/run/a.sock")]
    [InlineData("127.0.0.1")]
    [InlineData("name:80")]
    public void Name_ThatIsNone_IsRefused(string text) => Assert.False(SocketName.TryParse(text, out _));

    [Fact]
    public void Name_TooLong_IsRefused() => Assert.False(SocketName.TryParse("unix:/" + new string('x', 200), out _));

    private static void Close(params int[] descriptors)
    {
        foreach (int fd in descriptors)
        {
            LinuxSockets.Instance.Close(fd);
        }
    }

    private HandedSockets Make(int workers, int count)
    {
        var sockets = new HandedSockets(workers);
        for (int i = 0; i < count; i++)
        {
            sockets.Add(_address, LinuxSockets.Instance.Socket(AddressKind.IPv4));
        }

        return sockets;
    }
}
