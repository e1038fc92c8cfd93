using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.IO.Udp;

namespace Nuncio.IO.Tests.Udp;

/// <summary>Datagrams over loopback: what is sent there has arrived when the call returns, so a few turns of the loop tell everything.</summary>
public sealed class UdpSocketTests : IDisposable
{
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;
    private readonly List<UdpSocket> _open = [];

    public UdpSocketTests() =>
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));

    public void Dispose()
    {
        _open.ForEach(socket => socket.Dispose());
        Assert.Equal(0, _dispatcher.RegisteredCount);
        _poller.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.5")]
    [InlineData("::1", "::1")]
    [InlineData("::", "::1")]
    public void Datagram_TellsBothItsEnds(string bound, string sentTo)
    {
        (UdpSocket _, Recorder server, NetworkAddress at) = Open(bound);
        (UdpSocket client, Recorder _, NetworkAddress from) = Open(sentTo);
        Assert.Equal(5, client.SendTo("hello"u8, To(sentTo, at.Port), default));
        Run();
        (string text, DatagramAddress peer, DatagramAddress local) = Assert.Single(server.Got);
        Assert.Equal("hello", text);
        Assert.Equal(DatagramAddress.From(from), peer);
        Assert.Equal(To(sentTo, at.Port), local);
    }

    [Fact]
    public void AnswerOnAWildcard_ComesFromTheAddressGiven()
    {
        (UdpSocket server, Recorder _, NetworkAddress at) = Open("0.0.0.0");
        (UdpSocket _, Recorder client, NetworkAddress from) = Open("127.0.0.1");
        server.SendTo("x"u8, DatagramAddress.From(from), To("127.0.0.77", at.Port));
        Run();
        Assert.Equal(To("127.0.0.77", at.Port), Assert.Single(client.Got).Peer);
    }

    [Fact]
    public void MoreThanABatch_ArrivesInOrder()
    {
        (UdpSocket _, Recorder server, NetworkAddress at) = Open("127.0.0.1");
        (UdpSocket client, Recorder _, NetworkAddress _) = Open("127.0.0.1");
        for (int i = 0; i < (DatagramBatch.Capacity * 6) + 3; i++)
        {
            client.SendTo(Encoding.ASCII.GetBytes($"{i}"), DatagramAddress.From(at), default);
        }

        _dispatcher.RunOnce(0);
        Assert.InRange(server.Got.Count, DatagramBatch.Capacity, DatagramBatch.Capacity * 8);
        Run();
        Assert.Equal(Enumerable.Range(0, (DatagramBatch.Capacity * 6) + 3).Select(i => $"{i}"), server.Got.Select(got => got.Text));
    }

    [Fact]
    public void TooLong_IsDroppedAndToldAndTheNextArrives()
    {
        (UdpSocket _, Recorder server, NetworkAddress at) = Open("127.0.0.1");
        (UdpSocket client, Recorder _, NetworkAddress _) = Open("127.0.0.1");
        client.SendTo(new byte[101], DatagramAddress.From(at), default);
        client.SendTo(new byte[100], DatagramAddress.From(at), default);
        client.SendTo([], DatagramAddress.From(at), default);
        Run();
        Assert.Equal([100, 0], server.Got.Select(got => got.Text.Length));
        Assert.Equal(1u, server.Dropped);
    }

    [Fact]
    public void NoRoomInTheSystem_IsToldAsDropped()
    {
        (UdpSocket _, Recorder server, NetworkAddress at) = Open("127.0.0.1", receiveBuffer: 4096);
        (UdpSocket client, Recorder _, NetworkAddress _) = Open("127.0.0.1");
        for (int i = 0; i < 200; i++)
        {
            client.SendTo(new byte[100], DatagramAddress.From(at), default);
        }

        Run();
        client.SendTo("after"u8, DatagramAddress.From(at), default);
        Run();
        Assert.Equal("after", server.Got[^1].Text);
        Assert.Equal(200u, server.Dropped + (uint)server.Got.Count - 1);
        Assert.True(server.Dropped > 0);
    }

    [Fact]
    public void ConnectedToAClosedPort_IsAnErrorAndNotTheEnd()
    {
        (UdpSocket gone, Recorder _, NetworkAddress at) = Open("127.0.0.1");
        gone.Dispose();
        (UdpSocket client, Recorder recorder, NetworkAddress _) = Open("127.0.0.1");
        Assert.Equal(0, client.Connect(at));
        Assert.Equal(1, client.Send("x"u8));
        Run();
        Assert.Equal([Errno.ConnectionRefused], recorder.Errors);
        Assert.Equal(1, client.Send("y"u8));
    }

    [Fact]
    public void DisposedByACallback_HearsNoMore()
    {
        (UdpSocket server, Recorder recorder, NetworkAddress at) = Open("127.0.0.1");
        (UdpSocket client, Recorder _, NetworkAddress _) = Open("127.0.0.1");
        recorder.Then = server.Dispose;
        client.SendTo("1"u8, DatagramAddress.From(at), default);
        client.SendTo("2"u8, DatagramAddress.From(at), default);
        Run();
        Assert.Equal("1", Assert.Single(recorder.Got).Text);
        Assert.Equal(-Errno.BadFile, server.Send("x"u8));
    }

    [Fact]
    public void SendingAlone_DoesNotWakeTheLoop()
    {
        (UdpSocket client, Recorder _, NetworkAddress _) = Open("127.0.0.1");
        (UdpSocket _, Recorder _, NetworkAddress at) = Open("127.0.0.1");
        Run();
        using var silent = new EpollPoller();
        int fd = LinuxSockets.Instance.DatagramSocket(AddressKind.IPv4);
        silent.AddForReading(fd, 7);
        LinuxSockets.Instance.SendDatagram(fd, "x"u8, DatagramAddress.From(at), default);
        Assert.Equal(0, silent.Wait(new PollerEvent[4], 0));
        LinuxSockets.Instance.Close(fd);
        client.Dispose();
    }

    [Fact]
    public void Addresses_AreEqualByValueAndReadable()
    {
        DatagramAddress mapped = DatagramAddress.FromIPv6(0, 0x0000FFFF_0A000001, 53);
        Assert.Equal("10.0.0.1:53", mapped.ToString());
        Assert.NotEqual(mapped, DatagramAddress.FromIPv4(0x0A000001, 53));
        Assert.Equal(DatagramAddress.FromIPv4(0x0A000001, 53), DatagramAddress.From(NetworkAddress.FromIPv4(0x0A000001, 53)));
        Assert.NotEqual(DatagramAddress.FromIPv4(0x0A000001, 53), DatagramAddress.FromIPv4(0x0A000001, 54));
        Assert.False(DatagramAddress.From(NetworkAddress.FromPipe("/x")).IsSome);
    }

    private static DatagramAddress To(string ip, int port)
    {
        Assert.True(NetworkAddress.TryParseIp(ip, port, out NetworkAddress? address));
        return DatagramAddress.From(address!);
    }

    private void Run()
    {
        for (int i = 0; i < 20; i++)
        {
            _dispatcher.RunOnce(0);
        }
    }

    private (UdpSocket Socket, Recorder Recorder, NetworkAddress Address) Open(string ip, int receiveBuffer = 0)
    {
        Assert.True(NetworkAddress.TryParseIp(ip, 0, out NetworkAddress? address));
        int fd = ListenSocket.Bind(LinuxSockets.Instance, address!, new ListenSocketOptions { Datagram = true, NoDelay = false }, out string? error);
        Assert.Null(error);
        if (receiveBuffer > 0)
        {
            LinuxSockets.Instance.SetOption(fd, SocketOptions.LevelSocket, SocketOptions.ReceiveBuffer, receiveBuffer);
        }

        NetworkAddress bound = LinuxSockets.Instance.GetLocalAddress(fd)!;
        var recorder = new Recorder();
        var socket = new UdpSocket(_dispatcher, fd, bound, new DatagramBatch(100), recorder, ownsDescriptor: true);
        Assert.True(socket.IsWatched);
        _open.Add(socket);
        return (socket, recorder, bound);
    }

    private sealed class Recorder : IUdpSocketCallbacks
    {
        internal List<(string Text, DatagramAddress Peer, DatagramAddress Local)> Got { get; } = [];

        internal List<int> Errors { get; } = [];

        internal uint Dropped { get; private set; }

        internal Action? Then { get; set; }

        public void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local)
        {
            Got.Add((Encoding.Latin1.GetString(datagram), peer, local));
            Then?.Invoke();
        }

        public void OnDatagramsDropped(uint count) => Dropped += count;

        public void OnReceiveError(int error) => Errors.Add(error);

        public void OnReceiveTurnEnded()
        {
        }
    }
}
