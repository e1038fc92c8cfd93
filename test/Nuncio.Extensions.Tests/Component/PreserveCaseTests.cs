using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Header names and reason phrases that pass as they came (HCM-08, <c>preserve_case</c>).</summary>
public sealed class PreserveCaseTests
{
    private const string Request = "GET / HTTP/1.1\r\nHoSt: a\r\nX-FOO: 1\r\nAccept: */*\r\naCCEPT-eNCODING: gzip\r\n\r\n";

    [Fact]
    public void RequestNames_GoUpstreamAsTheyCame_OursInLowerCase()
    {
        using var proxy = ProxyFixture.Http(Downstream(""));
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), Request);
        string head = server.Accept().ReadText();
        Assert.StartsWith("GET / HTTP/1.1\r\nHoSt: a\r\nX-FOO: 1\r\nAccept: */*\r\naCCEPT-eNCODING: gzip\r\n", head);
        Assert.Contains("\r\nx-forwarded-proto: http\r\n", head);
        Assert.Contains("\r\nx-request-id: ", head);
    }

    [Fact]
    public void OurNames_AreCapitalised_WhenAsked()
    {
        using var proxy = ProxyFixture.Http(Downstream(", formatter_type_on_envoy_headers: PROPER_CASE"));
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), Request + "GET / HTTP/1.1\r\nhost: a\r\nx-bar: 1\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        string first = upstream.ReadText();
        Assert.StartsWith("GET / HTTP/1.1\r\nHoSt: a\r\nX-FOO: 1\r\n", first);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", first);
        string second = proxy.Exchange(upstream, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("GET / HTTP/1.1\r\nhost: a\r\nx-bar: 1\r\n", second); // Nothing is left of the request before.
    }

    [Fact]
    public void TheFirstSpellingOfARepeatedName_CountsForAll()
    {
        using var proxy = ProxyFixture.Http(Downstream(""));
        SimulatedServer server = proxy.Serve();
        proxy.Exchange(proxy.Connect(), "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-ONE: 2\r\nCOOKIE: a\r\nCookie: b\r\n\r\n");
        Assert.StartsWith("GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-One: 2\r\nCOOKIE: a\r\nCOOKIE: b\r\n", server.Accept().ReadText());
    }

    [Theory]
    [InlineData("", "HTTP/1.1 200 OK\r\n")]
    [InlineData(", forward_reason_phrase: true", "HTTP/1.1 200 Quite Fine\r\n")]
    public void ResponseNames_ComeDownAsTheUpstreamSpeltThem(string more, string statusLine)
    {
        using var proxy = ProxyFixture.Http(cluster: Upstream(more));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Request);
        SimulatedPeer upstream = server.Accept();
        Assert.StartsWith("GET / HTTP/1.1\r\nhost: a\r\nx-foo: 1\r\n", upstream.ReadText()); // The listener does not preserve.
        proxy.Exchange(upstream, "HTTP/1.1 200 Quite Fine\r\nX-Back: 1\r\nCONTENT-length: 2\r\nSERVER: s\r\n\r\nok");
        string response = client.ReadText();
        Assert.StartsWith(statusLine + "X-Back: 1\r\nCONTENT-length: 2\r\nSERVER: envoy\r\nx-envoy-upstream-service-time: 0\r\ndate: ", response);
        Assert.EndsWith("\r\n\r\nok", response);
    }

    [Theory]
    [InlineData("", "OK")] // None was sent.
    [InlineData(" \u00e9t\u00e9", "\u00e9t\u00e9")]
    public void ReasonPhrase_IsSentOnAsItIs(string phrase, string expected)
    {
        using var proxy = ProxyFixture.Http(cluster: Upstream(", forward_reason_phrase: true"));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Request);
        proxy.Exchange(server.Accept(), $"HTTP/1.1 200{phrase}\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 200 {expected}\r\n", client.ReadText());
    }

    [Fact]
    public void ReasonPhraseBeyondTheLimit_IsReplacedByOurs()
    {
        using var proxy = ProxyFixture.Http(cluster: Upstream(", forward_reason_phrase: true"));
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, Request);
        proxy.Exchange(server.Accept(), $"HTTP/1.1 200 {new string('x', 60_000)}\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.ReadText());
    }

    [Fact]
    public void LocalReplies_AreInLowerCase()
    {
        using var proxy = ProxyFixture.Http(Downstream(", formatter_type_on_envoy_headers: PROPER_CASE"));
        Assert.Contains("\r\ncontent-length: 5\r\n", proxy.Exchange(proxy.Connect(), "GET /alive HTTP/1.1\r\nHOST: a\r\n\r\n"));
    }

    [Fact]
    public void MoreNamesThanAreRemembered_AllPass()
    {
        using var proxy = ProxyFixture.Http("common_http_protocol_options: { max_headers_count: 1000 }\n" + Downstream(""));
        SimulatedServer server = proxy.Serve();
        string fields = string.Concat(Enumerable.Range(0, 900).Select(i => $"X-{i}: v\r\n"));
        proxy.Exchange(proxy.Connect(), $"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        string head = server.Accept().ReadText();
        Assert.Contains("\r\nX-200: v\r\n", head);
        Assert.Contains("\r\nx-899: v\r\n", head);
    }

    private static string Downstream(string more) => "http_protocol_options: { " + Formatter(more) + " }";

    private static string Upstream(string more) => $$"""
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: { http_protocol_options: { {{Formatter(more)}} } }
        """;

    private static string Formatter(string more) =>
        "header_key_format: { stateful_formatter: { name: preserve_case, typed_config: { "
        + "\"@type\": type.googleapis.com/envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig"
        + more + " } } }";
}
