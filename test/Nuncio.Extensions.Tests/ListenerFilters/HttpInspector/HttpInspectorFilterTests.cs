using System.Text;
using Nuncio.Extensions.ListenerFilters.HttpInspector;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.HttpInspector;

public sealed class HttpInspectorFilterTests : IDisposable
{
    private readonly ListenerFilterLab _lab = new(new HttpInspectorProvider());

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n", "http/1.0", "http10_found")]
    [InlineData("GET /anything HTTP/0.9\r\n", "http/1.0", "http10_found")]
    [InlineData("GET /\r\n", "http/1.0", "http10_found")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http/1.1", "http11_found")]
    [InlineData("GET / HTTP/1.1\n", "http/1.1", "http11_found")]
    [InlineData("GET  /anything  HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("ANY-METHOD /anything HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("GET http://a.example/b?c HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("GET http://a.example HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("CONNECT a.example:443 HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("OPTIONS * HTTP/1.1\r\n", "http/1.1", "http11_found")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2c", "http2_found")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0", "h2c", "http2_found")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX", "http/1.0", "http10_found")]
    [InlineData("PRO / HTTP/1.1\r\n", "http/1.1", "http11_found")]
    public void Http_IsFoundAndNothingIsConsumed(string text, string protocol, string counter)
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(Encoding.Latin1.GetBytes(text));
        Assert.True(probe.HasContinued);
        Assert.Equal([protocol], probe.Info.ApplicationProtocols);
        Assert.Equal("", probe.Info.TransportProtocol);
        Assert.Equal(text, probe.Rest);
        Assert.True(_lab.Counter("http_inspector." + counter) > 0);
        Assert.Equal(0, _lab.Counter("http_inspector.http_not_found"));
    }

    [Theory]
    [InlineData("\r\nGET / HTTP/1.1\r\n")]
    [InlineData(" GET / HTTP/1.1\r\n")]
    [InlineData("GET\n")]
    [InlineData("GET / HTTP/1.1 more\r\n")]
    [InlineData("GET / HTT\r\n")]
    [InlineData("GET / HTTP/11\r\n")]
    [InlineData("GET / http/1.1\r\n")]
    [InlineData("GET index.html HTTP/1.1\r\n")]
    [InlineData("GET :// HTTP/1.1\r\n")]
    [InlineData("GET http:/a HTTP/1.1\r\n")]
    [InlineData("GET http://a{b/ HTTP/1.1\r\n")]
    [InlineData("CONNECT a b HTTP/1.1\r\n")]
    [InlineData("GE(T / HTTP/1.1\r\n")]
    [InlineData("GET /\u00ff HTTP/1.1\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001\0\u00a5")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public void SomethingElse_GoesOnAsItIs(string text)
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(Encoding.Latin1.GetBytes(text));
        Assert.True(probe.HasContinued);
        Assert.Empty(probe.Info.ApplicationProtocols);
        Assert.Equal(text, probe.Rest);
        Assert.True(_lab.Counter("http_inspector.http_not_found") > 0);
    }

    [Theory]
    [InlineData("\u0016", 1)]
    [InlineData("GET /\u0001", 6)]
    [InlineData("MYSQL:", 6)]
    public void WhatCannotBecomeHttp_IsNotWaitedFor(string text, int after)
    {
        ListenerFilterProbe probe = _lab.Accept();
        foreach (char c in text)
        {
            probe.Receive([(byte)c]);
        }

        Assert.True(probe.HasContinued);
        Assert.Equal(after, probe.DecidedAfter);
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r")]
    public void LineThatHasNotEnded_Waits(string text) => Assert.True(_lab.Receive(Encoding.ASCII.GetBytes(text)).IsWaiting);

    [Theory]
    [InlineData(8 * 1024)]
    [InlineData((16 * 1024) - 10)]
    public void LongLine_IsReadUpTo16KiB(int path)
    {
        string line = "GET /" + new string('a', path - 5) + " HTTP/1.1\n";
        ListenerFilterProbe probe = _lab.Receive(Encoding.ASCII.GetBytes(line));
        Assert.Equal(["http/1.1"], probe.Info.ApplicationProtocols);
    }

    [Fact]
    public void EndlessLine_IsClosed()
    {
        ListenerFilterProbe probe = _lab.ReceiveSomeWays(Encoding.ASCII.GetBytes("GET /" + new string('a', 16 * 1024)), new Random(1));
        Assert.Equal("http_first_line_too_large", probe.ClosedFor);
        Assert.True(_lab.Counter("http_inspector.read_error") > 0);
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("raw_buffer", false)]
    [InlineData("", false)]
    public void Tls_IsNotLookedInto(string transport, bool skipped) =>
        Assert.Equal(skipped, _lab.Accept(info => info.TransportProtocol = transport).HasContinued);
}
