using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Proxying;

public sealed class TcpProxyTests
{
    [Fact]
    public void Bytes_PassBothWaysUntilBothEnds()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Tcp(upstream.Port));
        using RawClient client = server.Connect("tcp");

        client.Send("ping");
        using RawClient behind = upstream.Accept();
        Assert.Equal("ping", behind.Read(4));
        behind.Send("pong");
        Assert.Equal("pong", client.Read(4));

        client.EndSending();
        Assert.Equal("", behind.ReadToEnd());
        behind.Send("last words");
        behind.EndSending();
        Assert.Equal("last words", client.ReadToEnd());
    }

    [Fact]
    public void PeersThatLeaveWhileBytesAreOnTheirWay_DoNotEndTheProcess()
    {
        // A write to a socket whose peer is gone raises SIGPIPE, which ends a process by default; splice has no flag against it.
        byte[] piece = new byte[1024 * 1024];
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Tcp(upstream.Port));
        for (int round = 0; round < 8; round++)
        {
            RawClient client = server.Connect("tcp");
            client.Send("x");
            using RawClient behind = upstream.Accept();
            Assert.Equal("x", behind.Read(1));
            if (round % 2 == 0)
            {
                behind.Send("unread");
                client.Read(1);
            }

            client.Dispose();
            Assert.ThrowsAny<System.Net.Sockets.SocketException>(() =>
            {
                for (int sent = 0; sent < 256; sent++)
                {
                    behind.Send(piece);
                }
            });
        }

        using RawClient last = server.Connect("tcp");
        last.Send("ping");
        using RawClient answering = upstream.Accept();
        Assert.Equal("ping", answering.Read(4));
    }
}
