using System.Text;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;

public sealed class TlsInspectorFilterTests : IDisposable
{
    private readonly ListenerFilterLab _lab = new(new TlsInspectorProvider(new TlsInspectorConfig()));

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void NameAndProtocols_AreFoundAndNothingIsConsumed()
    {
        byte[] hello = new ClientHelloBuilder().WithServerName("WWW.Example.COM").WithAlpn("h2", "http/1.1").Records();
        ListenerFilterProbe probe = _lab.Receive(hello);
        Assert.True(probe.HasContinued);
        Assert.Equal("tls", probe.Info.TransportProtocol);
        Assert.Equal("www.example.com", probe.Info.RequestedServerName);
        Assert.Equal(["h2", "http/1.1"], probe.Info.ApplicationProtocols);
        Assert.Equal(Encoding.Latin1.GetString(hello), probe.Rest);
        Assert.Equal(("", ""), (probe.Info.Ja3Hash, probe.Info.Ja4));
        Assert.Null(probe.Info.Metadata);
        Assert.Equal(1, _lab.Counter("tls_inspector.tls_found"));
        Assert.Equal(1, _lab.Counter("tls_inspector.sni_found"));
        Assert.Equal(1, _lab.Counter("tls_inspector.alpn_found"));
    }

    [Fact]
    public void NeitherNameNorProtocols_IsTlsAllTheSame()
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(new ClientHelloBuilder { OmitExtensions = true }.Records());
        Assert.True(probe.HasContinued);
        Assert.Equal("tls", probe.Info.TransportProtocol);
        Assert.Equal("", probe.Info.RequestedServerName);
        Assert.Empty(probe.Info.ApplicationProtocols);
        Assert.True(_lab.Counter("tls_inspector.sni_not_found") > 1);
        Assert.Equal(_lab.Counter("tls_inspector.tls_found"), _lab.Counter("tls_inspector.sni_not_found"));
        Assert.Equal(_lab.Counter("tls_inspector.tls_found"), _lab.Counter("tls_inspector.alpn_not_found"));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100)]
    [InlineData(5)]
    [InlineData(3)]
    [InlineData(1)]
    public void RecordsOfAnySize_CutAnywhere_AreOneClientHello(int recordSize)
    {
        byte[] hello = new ClientHelloBuilder { SessionId = [] }.WithServerName("a.example").WithAlpn("h2").Records(recordSize);
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(hello);
        Assert.Equal("a.example", probe.Info.RequestedServerName);
        Assert.Equal(["h2"], probe.Info.ApplicationProtocols);
        Assert.Equal(hello.Length, probe.DecidedAfter);
    }

    [Fact]
    public void RecordsBehindTheHello_DoNotMatter()
    {
        byte[] hello = new ClientHelloBuilder().WithServerName("early.example").Records();
        ListenerFilterProbe probe = _lab.Receive([.. hello, .. ClientHelloBuilder.Record(new byte[50], type: 23)]);
        Assert.Equal("early.example", probe.Info.RequestedServerName);
    }

    public static TheoryData<string, byte[]> PlainText => new()
    {
        { "http", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "alert record", ClientHelloBuilder.Record([2, 40], type: 21) },
        { "other major version", [22, 2, 1, 0, 5, 1, 0, 0, 1, 0] },
        { "empty record", [22, 3, 1, 0, 0] },
        { "record longer than any", [22, 3, 1, 0x40, 1] },
        { "other handshake message", ClientHelloBuilder.Record([2, 0, 0, 1, 0]) },
        { "message longer than any", ClientHelloBuilder.Record([1, 0, 0x40, 1, 3, 3]) },
        { "SSL 2", [0x80, 0x2E, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10] },
    };

    [Theory]
    [MemberData(nameof(PlainText))]
    public void NoClientHello_PassesAsPlainText(string what, byte[] bytes)
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(bytes);
        Assert.True(probe.HasContinued, what);
        Assert.Equal("", probe.Info.TransportProtocol);
        Assert.Equal("ClientHelloNotDetected", probe.Info.Metadata?.Find("envoy.filters.listener.tls_inspector")?["failure_reason"]);
        Assert.True(_lab.Counter("tls_inspector.tls_not_found") > 0);
        Assert.Equal(0, _lab.Counter("tls_inspector.tls_found"));
    }

    [Fact]
    public void FirstByteThatIsNotTls_IsNotWaitedFor() => Assert.Equal(1, _lab.Receive("G"u8).DecidedAfter);

    private static ClientHelloBuilder Good() => new ClientHelloBuilder().WithServerName("a.example");

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "session id too long", new ClientHelloBuilder { SessionId = new byte[33] }.Records() },
        { "no ciphers", new ClientHelloBuilder { Ciphers = [] }.Records() },
        { "no compression", new ClientHelloBuilder { Compressions = [] }.Records() },
        { "only real compression", new ClientHelloBuilder { Compressions = [1] }.Records() },
        { "bytes behind the extensions", new ClientHelloBuilder { Trailing = [0] }.Records() },
        { "half an extension", new ClientHelloBuilder { OmitExtensions = true, Trailing = [0, 3, 0, 0, 0] }.Records() },
        { "extension longer than all", new ClientHelloBuilder { OmitExtensions = true, Trailing = [0, 5, 0, 21, 0, 9, 0] }.Records() },
        { "server name twice", Good().WithServerName("b.example").Records() },
        { "two names in one", new ClientHelloBuilder().With(0, [0, 8, 0, 0, 1, (byte)'a', 0, 0, 1, (byte)'b']).Records() },
        { "name of another type", new ClientHelloBuilder().With(0, [0, 4, 1, 0, 1, (byte)'a']).Records() },
        { "empty name", new ClientHelloBuilder().WithServerName("").Records() },
        { "empty extension", new ClientHelloBuilder().With(0).Records() },
        { "NUL in the name", new ClientHelloBuilder().WithServerName("a\0b").Records() },
        { "line end in the name", new ClientHelloBuilder().WithServerName("a\nb").Records() },
        { "letter beyond ASCII", new ClientHelloBuilder().WithServerName("b\u00fccher.example").Records() },
        { "name too long", new ClientHelloBuilder().WithServerName(new string('a', 256)).Records() },
        { "only SSL 3", new ClientHelloBuilder { Version = 0x0300 }.Records() },
        { "only unknown versions", Good().WithVersions(0x0A0A, 0x0305).Records() },
        { "message behind the hello in its record", ClientHelloBuilder.Record([.. Good().Message(), 1]) },
        { "cut by another record", [.. ClientHelloBuilder.Record(Good().Message()[..20]), .. ClientHelloBuilder.Record([1], type: 23)] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void ClientHelloNoServerWouldTake_PassesAsPlainTextWithoutName(string what, byte[] bytes)
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(bytes);
        Assert.True(probe.HasContinued, what);
        Assert.Equal(("", ""), (probe.Info.TransportProtocol, probe.Info.RequestedServerName));
        Assert.Equal(0, _lab.Counter("tls_inspector.tls_found"));
        Assert.Equal(0, _lab.Counter("tls_inspector.sni_found"));
    }

    [Fact]
    public void LongestName_IsTaken()
    {
        string name = new('a', 255);
        Assert.Equal(name, _lab.Receive(new ClientHelloBuilder().WithServerName(name).Records()).Info.RequestedServerName);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 3, 2, (byte)'h' })]
    [InlineData(new byte[] { 0, 4, 2, (byte)'h', (byte)'2', 0 })]
    [InlineData(new byte[] { 0, 3, 2, (byte)'h', (byte)'2', 0 })]
    public void AlpnListThatIsNone_IsLeftToTheTlsStack(byte[] content)
    {
        ListenerFilterProbe probe = _lab.Receive(Good().With(16, content).Records());
        Assert.Equal("tls", probe.Info.TransportProtocol);
        Assert.Empty(probe.Info.ApplicationProtocols);
        Assert.Equal(1, _lab.Counter("tls_inspector.alpn_not_found"));
    }

    [Fact]
    public void TooLargeClientHello_IsClosedAsSoonAsItIsKnown()
    {
        using ListenerFilterLab lab = new(new TlsInspectorProvider(new TlsInspectorConfig(256)));
        byte[] hello = Good().With(21, new byte[300]).Records();
        ListenerFilterProbe probe = lab.ReceiveEveryWay(hello);
        Assert.Equal("client_hello_too_large", probe.ClosedFor);
        Assert.Equal("ClientHelloTooLarge", probe.Info.Metadata?.Find("envoy.filters.listener.tls_inspector")?["failure_reason"]);
        ListenerFilterProbe slow = lab.Accept();
        slow.Receive(hello.AsSpan(0, 9));
        Assert.Equal("client_hello_too_large", slow.ClosedFor);
        Assert.Equal(0, lab.Counter("tls_inspector.tls_not_found"));
    }

    [Fact]
    public void LargestClientHello_IsTakenAndOneByteMoreIsNot()
    {
        int room = 16384 - Good().With(21).Records().Length;
        Assert.Equal("a.example", _lab.Receive(Good().With(21, new byte[room]).Records()).Info.RequestedServerName);
        Assert.Equal("client_hello_too_large", _lab.Receive(Good().With(21, new byte[room + 1]).Records()).ClosedFor);
        Assert.Equal(1, _lab.Counter("tls_inspector.client_hello_too_large"));
    }

    [Fact]
    public void ParsingErrors_CloseWhereConfigured()
    {
        using ListenerFilterLab lab = new(new TlsInspectorProvider(new TlsInspectorConfig(256, CloseOnParsingErrors: true)));
        Assert.Equal("client_hello_not_detected", lab.Receive("GET /"u8).ClosedFor);
        Assert.Equal("client_hello_not_detected", lab.Receive(new ClientHelloBuilder { Ciphers = [] }.Records()).ClosedFor);
        Assert.Equal(2, lab.Counter("tls_inspector.tls_not_found"));

        // Envoy: as much as the limit of something else counts as too large.
        Assert.Equal("client_hello_too_large", lab.Receive(new byte[300]).ClosedFor);
        Assert.Equal(1, lab.Counter("tls_inspector.client_hello_too_large"));
    }

    [Fact]
    public void PlainTextLongerThanTheLimit_IsStillPlainText()
    {
        Assert.True(_lab.Receive(Encoding.ASCII.GetBytes(new string('x', 20_000))).HasContinued);
        Assert.Equal(0, _lab.Counter("tls_inspector.client_hello_too_large"));
    }

    [Fact]
    public void HelloThatIsNotWhole_Waits()
    {
        byte[] hello = Good().Records();
        ListenerFilterProbe probe = _lab.Accept();
        Assert.True(probe.IsWaiting);
        probe.Receive(hello.AsSpan(0, hello.Length - 1));
        Assert.True(probe.IsWaiting);
        Assert.Equal(0, _lab.Counter("tls_inspector.tls_found"));
        Assert.Equal(0, _lab.Counter("tls_inspector.tls_not_found"));
    }

    [Fact]
    public void ManyNames_AreAllRightAlthoughFewAreRemembered()
    {
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 40_000; i++)
            {
                Assert.Equal($"host-{i}.example", _lab.Receive(new ClientHelloBuilder { SessionId = [] }.WithServerName($"Host-{i}.Example").Records()).Info.RequestedServerName);
            }
        }
    }

    [Fact]
    public void NameSeenBefore_IsTheSameString()
    {
        byte[] hello = Good().WithAlpn("h2").Records();
        ListenerFilterProbe first = _lab.Receive(hello);
        ListenerFilterProbe second = _lab.Receive(hello);
        Assert.Same(first.Info.RequestedServerName, second.Info.RequestedServerName);
        Assert.Same(first.Info.ApplicationProtocols, second.Info.ApplicationProtocols);
    }
}
