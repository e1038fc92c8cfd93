using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Upgrade headers of which some protocols are passed over (HCM-11, <c>ignore_http_11_upgrade</c>).</summary>
public sealed class IgnoredUpgradeTests
{
    private const string Ignore = "http_protocol_options: { ignore_http_11_upgrade: [ { prefix: TLS/ }, { exact: quic, ignore_case: true } ] }";

    [Theory]
    [InlineData("TLS/1.0")]
    [InlineData("QUIC, TLS/1.2,")]
    [InlineData("h2c")]
    public void IgnoredProtocols_AreTakenOutAndTheRequestIsServed(string upgrade)
    {
        using var proxy = ProxyFixture.Http(Ignore);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Request(upgrade, "Content-Length: 2\r\n") + "hi");
        SimulatedPeer upstream = server.Accept();
        string request = upstream.ReadText();
        Assert.DoesNotContain("upgrade", request);
        Assert.DoesNotContain("connection", request);
        Assert.EndsWith("\r\n\r\nhi", request); // Framed by its length: no tunnel.
        proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", client.ReadText());
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("TLS/1.0, websocket")]
    [InlineData("tls/1.0")]
    public void OtherProtocols_AreAnUpgradeStill(string upgrade)
    {
        using var proxy = ProxyFixture.Http(Ignore);
        string response = proxy.Exchange(proxy.Connect(), Request(upgrade, ""));
        proxy.AssertLocalReply(response, "403 Forbidden", "", closes: true);
    }

    [Fact]
    public void WithoutTheOption_AnUnknownUpgradeIsRefused()
    {
        using var proxy = ProxyFixture.Http();
        proxy.AssertLocalReply(proxy.Exchange(proxy.Connect(), Request("TLS/1.0", "")), "403 Forbidden", "", closes: true);
    }

    private static string Request(string upgrade, string more) =>
        $"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\n{more}\r\n";
}
