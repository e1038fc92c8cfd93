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
}
