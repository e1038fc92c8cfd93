using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

public sealed class TcpListenerTests
{
    [Fact]
    public void ManyConnections_AreAcceptedAFewAtATime()
    {
        using ConnectionFixture fixture = new(maxAccepts: 10);
        fixture.Loop.RunUntilIdle();
        for (int i = 0; i < 35; i++)
        {
            fixture.Loop.Network.Connect("127.0.0.1:80");
        }

        fixture.Loop.Dispatcher.RunOnce(0);
        Assert.InRange(fixture.Connections.Count, 10, 20);
        fixture.Loop.RunUntilIdle();
        Assert.Equal(35, fixture.Connections.Count);
    }

    [Fact]
    public void NoDescriptorsLeft_CountsAndRecoversByItself()
    {
        using ConnectionFixture fixture = new();
        fixture.Loop.Network.DescriptorLimit = 3;
        SimulatedPeer[] peers = [fixture.Connect(), fixture.Connect(), fixture.Connect(), fixture.Connect()];
        Assert.Equal(2, fixture.Connections.Count);
        Assert.NotEmpty(fixture.AcceptErrors);
        Assert.All(fixture.AcceptErrors, error => Assert.Equal(Errno.TooManyFiles, error));

        int failures = fixture.AcceptErrors.Count;
        fixture.Loop.Advance(TimeSpan.FromMilliseconds(450));
        Assert.Equal(failures + 4, fixture.AcceptErrors.Count);

        // One ends; within the retry interval the next is taken, without a new event from the kernel.
        peers[0].Close();
        fixture.Loop.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(3, fixture.Connections.Count);
        peers[1].Close();
        fixture.Loop.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(4, fixture.Connections.Count);
        peers[3].Write("made it");
        fixture.Loop.RunUntilIdle();
        Assert.Equal("made it", fixture.Recorders[3].Received);
    }

    [Fact]
    public void Disabled_ConnectionsWaitAndAreTakenWhenEnabled()
    {
        using ConnectionFixture fixture = new();
        fixture.Listener.IsEnabled = false;
        fixture.Connect();
        Assert.Empty(fixture.Connections);
        fixture.Listener.IsEnabled = true;
        fixture.Loop.RunUntilIdle();
        Assert.Single(fixture.Connections);
    }

    [Fact]
    public void SetUpOfOneThrows_TheNextIsAccepted()
    {
        int count = 0;
        using ConnectionFixture fixture = new(_ =>
        {
            if (count++ == 0)
            {
                throw new InvalidOperationException("set-up");
            }
        });
        fixture.Loop.RunUntilIdle();
        fixture.Loop.Network.Connect("127.0.0.1:80");
        fixture.Loop.Network.Connect("127.0.0.1:80");
        fixture.Loop.RunUntilIdle();
        Assert.Equal(2, fixture.Connections.Count);
        Assert.Equal(["new", "Connected"], fixture.Recorders[1].Events);
    }

    [Fact]
    public void Closed_ConnectsAreRefused()
    {
        using ConnectionFixture fixture = new();
        fixture.Listener.Dispose();
        Assert.Throws<InvalidOperationException>(() => fixture.Loop.Network.Connect("127.0.0.1:80"));
        Assert.Equal(0, fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void AddressTaken_IsSaidInWords()
    {
        using ConnectionFixture fixture = new();
        NetworkAddress address = SimulatedNetwork.Parse("127.0.0.1:80");
        int result = ListenSocket.Bind(
            fixture.Loop.Network.Sockets, address, new ListenSocketOptions { ReusePort = false }, out string? error);
        Assert.Equal(-Errno.AddressInUse, result);
        Assert.Equal("cannot bind '127.0.0.1:80': Address already in use", error);
        Assert.Equal(1, fixture.Loop.Network.OpenDescriptors);
    }
}
