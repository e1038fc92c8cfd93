using System.Text;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Proxying;

/// <summary>Large response bodies with a length go past the proxy inside the kernel; nobody may notice.</summary>
public sealed class LargeBodyTests
{
    private const int Size = 3 * 1024 * 1024;

    private static string Head(int length) => $"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n";

    [Fact]
    public void LargeBody_ArrivesUnchanged_AndBothConnectionsGoOn()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");
        string body = Body(Size);

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        Send(behind, Head(Size) + body);
        HttpReply reply = client.ReadReply();
        client.Send("GET /proxied/2 HTTP/1.1\r\nhost: a\r\n\r\n");
        HttpReply second = behind.ReadRequest();
        behind.Send(Head(2) + "ok");

        Assert.Equal(Size.ToString(System.Globalization.CultureInfo.InvariantCulture), reply.Header("content-length"));
        Assert.True(reply.Body == body, "the body was changed on its way");
        Assert.Equal("GET /proxied/2 HTTP/1.1", second.FirstLine);
        Assert.Equal("ok", client.ReadReply().Body);
        Assert.Contains("http.test.rs_body_bypassed: 1\n", server.Admin("/stats").Body);
    }

    [Fact]
    public void SlowClient_GetsAllOfIt()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");
        string body = Body(8 * Size);

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        var sender = new Thread(() => Send(behind, Head(body.Length) + body));
        sender.Start();
        string all = client.ReadToEnd();
        sender.Join();

        Assert.True(all.EndsWith("\r\n\r\n" + body, StringComparison.Ordinal), "the body was changed on its way");
    }

    [Fact]
    public void UpstreamThatEndsInTheMiddle_CutsTheClientOff_AndTheWorkerGoesOn()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        RawClient behind = upstream.Accept();
        behind.ReadRequest();
        Send(behind, Head(2 * Size) + Body(Size));
        behind.Dispose();
        string all = client.ReadToEnd();

        Assert.True(all.Length < 2 * Size, "a body that was cut looks whole");
        Assert.Equal(200, server.Get("http", "/direct").Status);
        Assert.Contains("http.test.downstream_rq_active: 0\n", server.Admin("/stats").Body);
    }

    [Fact]
    public void ClientThatVanishesInTheMiddle_FreesTheUpstream()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        RawClient client = server.Connect("http");

        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        Send(behind, Head(64 * Size) + Body(Size));
        client.Read(Size / 2);
        client.Dispose();
        behind.ReadToEnd();

        Assert.Equal(200, server.Get("http", "/direct").Status);
    }

    private static void Send(RawClient behind, string text) => behind.Send(text);

    /// <summary>Bytes that differ at every place, so that one lost, doubled or moved shows.</summary>
    private static string Body(int size)
    {
        var text = new StringBuilder(size + 16);
        for (int i = 0; text.Length < size; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i:x7}.");
        }

        return text.ToString(0, size);
    }
}
